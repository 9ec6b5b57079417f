-- What was recorded before has names that are no longer the catalogue's: it stays in the audit trail, and in no outbox
-- (serial 0). Constant defaults, so that the table is not written anew.
-- RenameTable
ALTER TABLE "audit_events" RENAME TO "events";
ALTER TABLE "events" RENAME CONSTRAINT "audit_events_pkey" TO "events_pkey";
ALTER TABLE "events" RENAME CONSTRAINT "audit_events_organization_id_fkey" TO "events_organization_id_fkey";
ALTER INDEX "audit_events_organization_id_created_at_id_idx" RENAME TO "events_organization_id_created_at_id_idx";

-- AlterTable
ALTER TABLE "events" ALTER COLUMN "data" DROP DEFAULT,
ALTER COLUMN "data" DROP NOT NULL,
ADD COLUMN "before" JSONB,
ADD COLUMN "after" JSONB,
ADD COLUMN "serial" BIGINT NOT NULL DEFAULT 0,
ADD COLUMN "transaction" xid8 NOT NULL DEFAULT '3';

CREATE SEQUENCE "events_serial_seq" OWNED BY "events"."serial";
ALTER TABLE "events" ALTER COLUMN "serial" SET DEFAULT nextval('events_serial_seq'),
ALTER COLUMN "transaction" SET DEFAULT pg_current_xact_id();

-- CreateTable
CREATE TABLE "outbox" (
    "position" BIGINT NOT NULL,
    "organization_id" UUID,
    "sequence" BIGINT NOT NULL,
    "event_id" UUID NOT NULL,

    CONSTRAINT "outbox_pkey" PRIMARY KEY ("position")
);

-- CreateTable
CREATE TABLE "outbox_sequences" (
    "organization_id" UUID NOT NULL,
    "last" BIGINT NOT NULL,

    CONSTRAINT "outbox_sequences_pkey" PRIMARY KEY ("organization_id")
);

-- CreateTable
CREATE TABLE "outbox_state" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "position" BIGINT NOT NULL,
    "snapshot" pg_snapshot NOT NULL,
    "cluster" BIGINT NOT NULL,

    CONSTRAINT "outbox_state_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "outbox_consumers" (
    "name" TEXT NOT NULL,
    "position" BIGINT NOT NULL,

    CONSTRAINT "outbox_consumers_pkey" PRIMARY KEY ("name")
);

-- CreateIndex
CREATE INDEX "events_transaction_idx" ON "events"("transaction");

-- CreateIndex
CREATE UNIQUE INDEX "outbox_event_id_key" ON "outbox"("event_id");

-- CreateIndex
CREATE UNIQUE INDEX "outbox_organization_id_sequence_key" ON "outbox"("organization_id", "sequence");

INSERT INTO "outbox_state" ("position", "snapshot", "cluster")
  SELECT 0, pg_current_snapshot(), system_identifier FROM pg_control_system();
