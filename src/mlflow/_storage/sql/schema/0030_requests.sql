-- Requests to move versions, and comments. As all state of the registry, events alone change it.

-- Open requests. Who asked, why, and when is what the event says.
CREATE TABLE transition_request (
  seq BIGINT PRIMARY KEY,       -- the event
  model BIGINT NOT NULL,
  version BIGINT NOT NULL,      -- number of the version in its model
  target $TEXT NOT NULL,        -- "stage/Production", "alias/champion"
  archive SMALLINT NOT NULL     -- whether other versions in the stage are archived
);
CREATE INDEX transition_request_by_version ON transition_request (model, version);

CREATE TABLE model_comment (
  seq BIGINT PRIMARY KEY,       -- the event
  model BIGINT NOT NULL,
  version BIGINT NOT NULL,
  actor $TEXT NOT NULL,
  body TEXT NOT NULL,
  created_ms BIGINT NOT NULL,
  updated_ms BIGINT NOT NULL
);
CREATE INDEX model_comment_by_version ON model_comment (model, version, seq);
