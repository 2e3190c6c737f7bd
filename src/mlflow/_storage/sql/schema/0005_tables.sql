-- What tables of runs are found by: parents, and indexes that answer by themselves.

ALTER TABLE run ADD COLUMN parent BIGINT;   -- the run that the tag mlflow.parentRunId names; NULL: a root

CREATE INDEX run_by_uuid ON run (uuid);
UPDATE run SET parent = (
  SELECT p.id FROM tag t JOIN key k ON k.id = t.key JOIN run p ON p.uuid = t.value
  WHERE t.run = run.id AND k.name = 'mlflow.parentRunId' AND p.id <> run.id
) WHERE id IN (SELECT t.run FROM tag t JOIN key k ON k.id = t.key WHERE k.name = 'mlflow.parentRunId');
DROP INDEX run_by_uuid;

CREATE INDEX run_by_parent ON run (experiment, parent, start_ms DESC, id) WHERE parent IS NOT NULL;

-- With the time of deletion, so that active runs are counted and walked without a look at the table.
DROP INDEX run_by_start;
CREATE INDEX run_by_start ON run (experiment, start_ms DESC, id, deleted_ms);
CREATE INDEX run_by_status ON run (experiment, status, start_ms DESC, id);
CREATE INDEX run_by_name ON run (experiment, (substr(name, 1, 200)), id);
