-- Guards: legal holds, manifests, policies and approvals. As all state of the registry, events alone change it.

ALTER TABLE model_version ADD COLUMN held SMALLINT NOT NULL DEFAULT 0;

CREATE TABLE model_manifest (
  version BIGINT PRIMARY KEY,   -- id of the version
  digest $TEXT NOT NULL,
  body TEXT NOT NULL
);

CREATE TABLE model_approval (
  model BIGINT NOT NULL,
  version BIGINT NOT NULL,      -- number of the version in its model
  target $TEXT NOT NULL,        -- "stage/Production", "alias/champion"
  actor $TEXT NOT NULL,
  time_ms BIGINT NOT NULL,
  seq BIGINT NOT NULL,          -- the event
  PRIMARY KEY (model, version, target, actor)
) $CLUSTERED;

-- The policy that holds: at most one row.
CREATE TABLE registry_policy (
  id SMALLINT PRIMARY KEY,
  seq BIGINT NOT NULL,          -- the event that set it
  body TEXT NOT NULL
);

-- Decisions that a policy forbade and somebody made all the same, until somebody else has looked at them.
CREATE TABLE open_review (
  seq BIGINT PRIMARY KEY,       -- the event
  model BIGINT NOT NULL,
  actor $TEXT NOT NULL,
  due_ms BIGINT NOT NULL
);
