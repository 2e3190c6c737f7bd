-- Tracking: experiments, runs and what they log, datasets, logged models.
--
-- Runs and logged models are keyed by the 64-bit number that their id carries (_base/ids.py), names of
-- metrics, parameters and tags by the number that the table "key" gives them. The run comes first in every
-- primary key. A value that is NaN is stored as NULL where it is not part of a key, else as 0 with nan = 1.

CREATE TABLE setting (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
);

-- Where artifacts are kept: a path relative to the database's folder, or a URI. Experiments refer to a root,
-- so that the folder of a database can be moved together with its artifacts.
CREATE TABLE artifact_root (
  id $IDENTITY,
  uri TEXT NOT NULL
);

CREATE TABLE key (
  id $IDENTITY,
  name $TEXT NOT NULL UNIQUE
);

CREATE TABLE experiment (
  id $IDENTITY,
  name $TEXT NOT NULL UNIQUE,
  root BIGINT,               -- NULL: location is a URI of its own
  location $TEXT NOT NULL,   -- key below the root, or a URI
  created_ms BIGINT NOT NULL,
  updated_ms BIGINT NOT NULL,
  deleted_ms BIGINT
);

CREATE INDEX experiment_by_location ON experiment (substr(location, 1, 200)) WHERE root IS NOT NULL;

CREATE TABLE experiment_tag (
  experiment BIGINT NOT NULL,
  name $TEXT NOT NULL,
  value $TEXT NOT NULL,
  number $DOUBLE,            -- the value, where it reads as a finite number
  PRIMARY KEY (experiment, name)
) $CLUSTERED;

CREATE TABLE run (
  id $NUMBER,
  experiment BIGINT NOT NULL,
  name $TEXT NOT NULL,
  user_id $TEXT NOT NULL,
  status SMALLINT NOT NULL,
  start_ms BIGINT NOT NULL,
  end_ms BIGINT,
  deleted_ms BIGINT,
  uuid $TEXT NOT NULL        -- the id as users see it
);
CREATE INDEX run_by_start ON run (experiment, start_ms DESC, id);

-- Ids that were made elsewhere and carry no number, for runs and logged models alike.
CREATE TABLE foreign_id (
  id $TEXT PRIMARY KEY,
  number BIGINT NOT NULL UNIQUE
);

-- One row per series: its latest point and its summary.
CREATE TABLE metric (
  run BIGINT NOT NULL,
  key BIGINT NOT NULL,
  experiment BIGINT NOT NULL,
  value $DOUBLE,
  step BIGINT NOT NULL,
  ts BIGINT NOT NULL,
  first $DOUBLE,
  first_step BIGINT NOT NULL,
  first_ts BIGINT NOT NULL,
  min $DOUBLE,
  min_step BIGINT,
  max $DOUBLE,
  max_step BIGINT,
  total $DOUBLE NOT NULL,    -- sum of the finite values
  points BIGINT NOT NULL,
  nans BIGINT NOT NULL,
  packed_step BIGINT,        -- greatest (step, ts) that is in metric_block
  packed_ts BIGINT,
  PRIMARY KEY (run, key)
) $CLUSTERED;
CREATE INDEX metric_by_value ON metric (experiment, key, value, run);

-- Points as they arrived, one row for each request, not in the summaries yet. Format: inbox.py.
CREATE TABLE metric_inbox (
  id $ARRIVAL,
  run BIGINT NOT NULL,
  data $BYTES NOT NULL
);

-- Points of all series of a run that have not enough of them for blocks. Format: packs.py.
CREATE TABLE metric_pack (
  run BIGINT NOT NULL,
  number BIGINT NOT NULL,    -- tells the packs of a run apart
  points BIGINT NOT NULL,
  data $BYTES NOT NULL,
  PRIMARY KEY (run, number)
);

-- Points of a long series, up to 1,024 to a row. Format: blocks.py.
CREATE TABLE metric_block (
  run BIGINT NOT NULL,
  key BIGINT NOT NULL,
  number BIGINT NOT NULL,    -- tells the blocks of a series apart; blocks do not overlap
  first_step BIGINT NOT NULL,
  first_ts BIGINT NOT NULL,
  first $DOUBLE,
  last_step BIGINT NOT NULL,
  last_ts BIGINT NOT NULL,
  last $DOUBLE,
  min_ts BIGINT NOT NULL,
  max_ts BIGINT NOT NULL,
  min $DOUBLE,
  max $DOUBLE,
  total $DOUBLE NOT NULL,
  points BIGINT NOT NULL,
  nans BIGINT NOT NULL,
  data $BYTES NOT NULL,
  PRIMARY KEY (run, key, number)
);

CREATE TABLE param (
  run BIGINT NOT NULL,
  key BIGINT NOT NULL,
  experiment BIGINT NOT NULL,
  value $TEXT NOT NULL,
  number $DOUBLE,            -- the value, where it reads as a finite number
  PRIMARY KEY (run, key)
) $CLUSTERED;
CREATE INDEX param_by_value ON param (experiment, key, (substr(value, 1, 200)), run);
CREATE INDEX param_by_number ON param (experiment, key, number, run) WHERE number IS NOT NULL;

CREATE TABLE tag (
  run BIGINT NOT NULL,
  key BIGINT NOT NULL,
  experiment BIGINT NOT NULL,
  value $TEXT NOT NULL,
  number $DOUBLE,
  PRIMARY KEY (run, key)
) $CLUSTERED;
CREATE INDEX tag_by_value ON tag (experiment, key, (substr(value, 1, 200)), run);

CREATE TABLE dataset (
  id $IDENTITY,
  experiment BIGINT NOT NULL,
  name $TEXT NOT NULL,
  digest $TEXT NOT NULL,
  source_type TEXT NOT NULL,
  source TEXT NOT NULL,
  schema TEXT,
  profile TEXT,
  UNIQUE (experiment, name, digest)
);

CREATE TABLE run_dataset (
  run BIGINT NOT NULL,
  dataset BIGINT NOT NULL,
  experiment BIGINT NOT NULL,
  context $TEXT,             -- the tag mlflow.data.context
  PRIMARY KEY (run, dataset)
) $CLUSTERED;
CREATE INDEX run_dataset_by_dataset ON run_dataset (dataset, run);
CREATE INDEX run_dataset_by_experiment ON run_dataset (experiment, dataset, context);

CREATE TABLE run_dataset_tag (
  run BIGINT NOT NULL,
  dataset BIGINT NOT NULL,
  name $TEXT NOT NULL,
  value $TEXT NOT NULL,
  PRIMARY KEY (run, dataset, name)
) $CLUSTERED;

CREATE TABLE run_model (
  run BIGINT NOT NULL,
  made SMALLINT NOT NULL,    -- 0: the run read the model, 1: it made it
  model BIGINT NOT NULL,
  step BIGINT NOT NULL,
  PRIMARY KEY (run, made, model)
) $CLUSTERED;

CREATE TABLE logged_model (
  id $NUMBER,
  experiment BIGINT NOT NULL,
  name $TEXT NOT NULL,
  status SMALLINT NOT NULL,
  status_message TEXT,
  model_type $TEXT,
  source_run BIGINT,
  created_ms BIGINT NOT NULL,
  updated_ms BIGINT NOT NULL,
  deleted_ms BIGINT,
  uuid $TEXT NOT NULL        -- the id as users see it, without its m-
);
CREATE INDEX logged_model_by_time ON logged_model (experiment, created_ms DESC, id);
CREATE INDEX logged_model_by_run ON logged_model (source_run, name);

CREATE TABLE logged_model_param (
  model BIGINT NOT NULL,
  name $TEXT NOT NULL,
  value $TEXT NOT NULL,
  number $DOUBLE,
  PRIMARY KEY (model, name)
) $CLUSTERED;

CREATE TABLE logged_model_tag (
  model BIGINT NOT NULL,
  name $TEXT NOT NULL,
  value $TEXT NOT NULL,
  number $DOUBLE,
  PRIMARY KEY (model, name)
) $CLUSTERED;

CREATE TABLE logged_model_metric (
  model BIGINT NOT NULL,
  name $TEXT NOT NULL,
  run BIGINT NOT NULL,
  dataset_name $TEXT NOT NULL,   -- empty: measured on no dataset
  dataset_digest $TEXT NOT NULL,
  ts BIGINT NOT NULL,
  step BIGINT NOT NULL,
  value $DOUBLE,
  PRIMARY KEY (model, name, run, dataset_name, dataset_digest, ts, step)
) $CLUSTERED;

-- What a run logged, as the JSON of the wire. A cache: every write to a run removes its row.
CREATE TABLE run_document (
  run $NUMBER,
  body $BYTES NOT NULL
);
