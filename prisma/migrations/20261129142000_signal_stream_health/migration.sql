-- How a stream gets on, for operators: who set its status, what last went wrong, and the last events that were settled.

ALTER TABLE "signal_streams"
  ADD COLUMN "status_by" TEXT NOT NULL DEFAULT 'receiver',
  ADD COLUMN "last_error_status" INTEGER,
  ADD COLUMN "last_error_at" TIMESTAMPTZ(3),
  ADD COLUMN "recent_deliveries" JSONB NOT NULL DEFAULT '[]',
  ADD CONSTRAINT "signal_streams_status_by_check" CHECK ("status_by" IN ('receiver', 'gateway', 'operator'));

-- When it was is not known: its last change is the nearest.
UPDATE "signal_streams" SET "last_error_at" = "updated_at" WHERE "last_error" IS NOT NULL;
