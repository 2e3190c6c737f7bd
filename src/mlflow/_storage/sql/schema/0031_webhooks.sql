-- Webhooks, and what is to be delivered to them. Deliveries are queued in the transaction of the change they tell of.

CREATE TABLE webhook (
  id $IDENTITY,
  uuid $TEXT NOT NULL UNIQUE,
  name $TEXT NOT NULL,
  description TEXT,
  url TEXT NOT NULL,
  secret TEXT,                  -- as _webhooks/secrets.py seals it
  status $TEXT NOT NULL,        -- ACTIVE, DISABLED
  created_ms BIGINT NOT NULL,
  updated_ms BIGINT NOT NULL,
  deleted_ms BIGINT
);

CREATE TABLE webhook_event (
  webhook BIGINT NOT NULL,
  entity $TEXT NOT NULL,
  action $TEXT NOT NULL,
  place SMALLINT NOT NULL,      -- in the order in which they were given
  PRIMARY KEY (webhook, entity, action)
) $CLUSTERED;

CREATE TABLE webhook_delivery (
  id $IDENTITY,
  uuid $TEXT NOT NULL,
  webhook BIGINT NOT NULL,
  entity $TEXT NOT NULL,
  action $TEXT NOT NULL,
  body TEXT NOT NULL,
  created_ms BIGINT NOT NULL,
  attempts SMALLINT NOT NULL,
  next_ms BIGINT,               -- when it is tried next; NULL once it was delivered or given up
  answered_ms BIGINT,           -- of the last attempt
  response_status SMALLINT,
  error TEXT                    -- what the last attempt failed with
);
CREATE INDEX webhook_delivery_by_time ON webhook_delivery (next_ms, id);
CREATE INDEX webhook_delivery_by_webhook ON webhook_delivery (webhook, id);
