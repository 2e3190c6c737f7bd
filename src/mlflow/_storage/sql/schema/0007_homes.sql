-- Runs and logged models that were moved to another experiment keep their files where they are.

ALTER TABLE run ADD COLUMN home BIGINT;            -- the experiment that its files lie with; NULL: its own
ALTER TABLE logged_model ADD COLUMN home BIGINT;   -- likewise
CREATE INDEX run_by_home ON run (home) WHERE home IS NOT NULL;
CREATE INDEX logged_model_by_home ON logged_model (home) WHERE home IS NOT NULL;
