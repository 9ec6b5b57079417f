-- Webhooks: whom to tell of events, what is to be told, and what became of it.

CREATE TABLE "webhook_endpoints" (
    "id" UUID NOT NULL,
    "organization_id" UUID,
    "url" TEXT NOT NULL,
    "description" TEXT NOT NULL,
    "types" TEXT[],
    "secret" TEXT NOT NULL,
    "previous_secret" TEXT,
    "previous_secret_until" TIMESTAMPTZ(3),
    "status" TEXT NOT NULL DEFAULT 'enabled',
    "disabled_at" TIMESTAMPTZ(3),
    "failing_since" TIMESTAMPTZ(3),
    "not_before" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "webhook_endpoints_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "webhook_endpoints_status_check" CHECK ("status" IN ('enabled', 'disabled', 'gone', 'unreachable')),
    CONSTRAINT "webhook_endpoints_previous_secret_check"
      CHECK (("previous_secret" IS NULL) = ("previous_secret_until" IS NULL))
);
CREATE INDEX "webhook_endpoints_organization_id_created_at_id_idx"
  ON "webhook_endpoints" ("organization_id", "created_at", "id");
CREATE INDEX "webhook_endpoints_created_at_id_idx" ON "webhook_endpoints" ("created_at", "id");
ALTER TABLE "webhook_endpoints" ADD CONSTRAINT "webhook_endpoints_organization_id_fkey"
  FOREIGN KEY ("organization_id") REFERENCES "organizations" ("id") ON DELETE CASCADE ON UPDATE CASCADE;

CREATE TABLE "webhook_deliveries" (
    "id" UUID NOT NULL,
    "endpoint_id" UUID NOT NULL,
    "organization_id" UUID,
    "event_id" UUID NOT NULL,
    "event_type" TEXT NOT NULL,
    "resource" TEXT NOT NULL,
    "position" BIGINT NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'pending',
    "due_at" TIMESTAMPTZ(3),
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "tries_since" INTEGER NOT NULL DEFAULT 0,
    "first_attempt_at" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),
    "last_status" INTEGER,
    "last_error" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "webhook_deliveries_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "webhook_deliveries_status_check" CHECK ("status" IN ('pending', 'delivered', 'failed')),
    CONSTRAINT "webhook_deliveries_due_check" CHECK ("due_at" IS NULL OR "status" = 'pending')
);
-- One event is told to one endpoint once.
CREATE UNIQUE INDEX "webhook_deliveries_event_id_endpoint_id_key" ON "webhook_deliveries" ("event_id", "endpoint_id");
CREATE INDEX "webhook_deliveries_endpoint_id_created_at_id_idx"
  ON "webhook_deliveries" ("endpoint_id", "created_at", "id");
CREATE INDEX "webhook_deliveries_failed"
  ON "webhook_deliveries" ("endpoint_id", "created_at", "id") WHERE status = 'failed';
-- What waits for what, and what is due.
CREATE INDEX "webhook_deliveries_pending"
  ON "webhook_deliveries" ("endpoint_id", "resource", "position") WHERE status = 'pending';
CREATE INDEX "webhook_deliveries_due" ON "webhook_deliveries" ("due_at") WHERE due_at IS NOT NULL;
CREATE INDEX "webhook_deliveries_endpoint_due"
  ON "webhook_deliveries" ("endpoint_id", "due_at") WHERE due_at IS NOT NULL;
-- Of a resource, one at a time: it holds the others.
CREATE UNIQUE INDEX "webhook_deliveries_head"
  ON "webhook_deliveries" ("endpoint_id", "resource") WHERE due_at IS NOT NULL;
CREATE INDEX "webhook_deliveries_organization_id_idx" ON "webhook_deliveries" ("organization_id");
ALTER TABLE "webhook_deliveries" ADD CONSTRAINT "webhook_deliveries_endpoint_id_fkey"
  FOREIGN KEY ("endpoint_id") REFERENCES "webhook_endpoints" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "webhook_deliveries" ADD CONSTRAINT "webhook_deliveries_organization_id_fkey"
  FOREIGN KEY ("organization_id") REFERENCES "organizations" ("id") ON DELETE CASCADE ON UPDATE CASCADE;

CREATE TABLE "webhook_attempts" (
    "delivery_id" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "signature" TEXT NOT NULL,
    "status" INTEGER,
    "response" TEXT,
    "error" TEXT,
    "duration_ms" INTEGER NOT NULL,

    CONSTRAINT "webhook_attempts_pkey" PRIMARY KEY ("delivery_id", "number")
);
ALTER TABLE "webhook_attempts" ADD CONSTRAINT "webhook_attempts_delivery_id_fkey"
  FOREIGN KEY ("delivery_id") REFERENCES "webhook_deliveries" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
