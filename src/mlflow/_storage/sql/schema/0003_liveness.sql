-- Runs whose client says from time to time that it is alive, and points that a resumed run has left behind.

-- A run has a row from the first sign of its client until it ends. Runs of clients that give no sign have none.
CREATE TABLE run_lease (
  run $NUMBER,
  seen_ms BIGINT NOT NULL,     -- last sign of the client, by the clock of the server
  expires_ms BIGINT            -- NULL: the run was found to be lost
);
CREATE INDEX run_lease_by_expiry ON run_lease (expires_ms);

-- A run that goes on at an earlier step: what it had logged after that step is kept as a segment.
CREATE TABLE run_segment (
  run BIGINT NOT NULL,
  number BIGINT NOT NULL,      -- 1 for the first time that the run was taken back
  name $TEXT NOT NULL,         -- made by the client: the same again is the same segment
  after_step BIGINT NOT NULL,
  created_ms BIGINT NOT NULL,
  PRIMARY KEY (run, number)
) $CLUSTERED;

-- Points of a segment, in the format of blocks.py.
CREATE TABLE segment_block (
  run BIGINT NOT NULL,
  segment BIGINT NOT NULL,
  key BIGINT NOT NULL,
  number BIGINT NOT NULL,
  points BIGINT NOT NULL,
  data $BYTES NOT NULL,
  PRIMARY KEY (run, segment, key, number)
);
