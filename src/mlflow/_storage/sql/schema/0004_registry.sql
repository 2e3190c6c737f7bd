-- Registry: registered models with their versions, and the ledger of what was decided about them.
--
-- The first five tables are changed by events of the ledger alone (registry_state.py), so they can be made anew from
-- it. Models and versions are numbered by the event that made them. What was deleted stays as a tombstone.

CREATE TABLE registered_model (
  id $NUMBER,
  name $TEXT NOT NULL,
  description TEXT,
  is_prompt SMALLINT NOT NULL,
  created_ms BIGINT NOT NULL,
  updated_ms BIGINT NOT NULL,
  deleted_ms BIGINT
);
CREATE UNIQUE INDEX registered_model_by_name ON registered_model (name) WHERE deleted_ms IS NULL;

CREATE TABLE registered_model_tag (
  model BIGINT NOT NULL,
  name $TEXT NOT NULL,
  value $TEXT NOT NULL,
  number $DOUBLE,            -- the value, where it reads as a finite number
  PRIMARY KEY (model, name)
) $CLUSTERED;
CREATE INDEX registered_model_tag_by_value ON registered_model_tag (name, (substr(value, 1, 200)), model);

CREATE TABLE model_version (
  id $NUMBER,
  model BIGINT NOT NULL,
  version BIGINT NOT NULL,
  stage $TEXT NOT NULL,
  description TEXT,
  source $TEXT NOT NULL,
  location $TEXT,            -- where its files are, where that is not the source
  run_id $TEXT NOT NULL,
  run_link TEXT NOT NULL,
  model_id $TEXT,            -- the logged model it was registered from
  user_id $TEXT,
  is_prompt SMALLINT NOT NULL,
  created_ms BIGINT NOT NULL,
  updated_ms BIGINT NOT NULL,
  deleted_ms BIGINT,
  UNIQUE (model, version)
);
CREATE INDEX model_version_by_time ON model_version (updated_ms DESC, id) WHERE deleted_ms IS NULL;
CREATE INDEX model_version_by_stage ON model_version (model, stage, version) WHERE deleted_ms IS NULL;
CREATE INDEX model_version_by_run ON model_version (run_id) WHERE run_id <> '';
CREATE INDEX model_version_by_model_id ON model_version (model_id) WHERE model_id IS NOT NULL;

CREATE TABLE model_version_tag (
  version BIGINT NOT NULL,   -- id of the version
  name $TEXT NOT NULL,
  value $TEXT NOT NULL,
  number $DOUBLE,
  PRIMARY KEY (version, name)
) $CLUSTERED;
CREATE INDEX model_version_tag_by_value ON model_version_tag (name, (substr(value, 1, 200)), version);

CREATE TABLE model_alias (
  model BIGINT NOT NULL,
  alias $TEXT NOT NULL,
  version BIGINT NOT NULL,   -- number of the version in its model
  PRIMARY KEY (model, alias)
) $CLUSTERED;
CREATE INDEX model_alias_by_version ON model_alias (model, version);

-- The ledger. Its form is in _ledger/events.py. Rows are only ever added; a part that is erased becomes NULL.
CREATE TABLE decision (
  seq $NUMBER,
  time_ms BIGINT NOT NULL,
  model BIGINT NOT NULL,     -- 0: about no model
  name $TEXT NOT NULL,
  version BIGINT,
  action $TEXT NOT NULL,
  slot $TEXT NOT NULL,
  actor $TEXT NOT NULL,      -- as in the part "who", to be searched; empty once that is erased
  digests $BYTES NOT NULL,
  hash $BYTES NOT NULL,
  who TEXT,
  why TEXT,
  what TEXT,
  evidence TEXT
);
CREATE INDEX decision_by_time ON decision (time_ms, seq);
CREATE INDEX decision_by_slot ON decision (model, slot, seq);
CREATE INDEX decision_by_model ON decision (model, seq);
CREATE INDEX decision_by_actor ON decision (actor, seq);

-- Which model had a name, and when: from one event on, until before another.
CREATE TABLE decision_name (
  name $TEXT NOT NULL,
  since BIGINT NOT NULL,
  until BIGINT,
  model BIGINT NOT NULL,
  PRIMARY KEY (name, since)
) $CLUSTERED;

-- The last event; whoever adds one holds this row.
CREATE TABLE decision_head (
  id SMALLINT PRIMARY KEY,
  seq BIGINT NOT NULL,
  time_ms BIGINT NOT NULL,
  hash $BYTES NOT NULL
);

-- Merkle roots of each full 1,024 events.
CREATE TABLE decision_root (
  number $NUMBER,
  root $BYTES NOT NULL
);
