-- Shared Signals: the streams that applications have made, what they leave out, and what is still to be delivered.

CREATE TABLE "signal_streams" (
    "id" UUID NOT NULL,
    "application_id" UUID NOT NULL,
    "delivery" TEXT NOT NULL,
    "endpoint_url" TEXT,
    "authorization" TEXT,
    "events_requested" TEXT[],
    "subject_format" TEXT NOT NULL DEFAULT 'complex',
    "description" TEXT,
    "status" TEXT NOT NULL DEFAULT 'enabled',
    "status_reason" TEXT,
    "verified_at" TIMESTAMPTZ(3),
    "due_at" TIMESTAMPTZ(3),
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "last_error" TEXT,
    "last_delivered_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "signal_streams_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "signal_streams_delivery_check" CHECK (
      "delivery" = 'push' AND "endpoint_url" IS NOT NULL
      OR "delivery" = 'poll' AND "endpoint_url" IS NULL AND "authorization" IS NULL AND "due_at" IS NULL),
    CONSTRAINT "signal_streams_subject_format_check" CHECK ("subject_format" IN ('complex', 'iss_sub', 'email')),
    CONSTRAINT "signal_streams_status_check" CHECK ("status" IN ('enabled', 'paused', 'disabled'))
);
CREATE INDEX "signal_streams_application_id_created_at_id_idx"
  ON "signal_streams" ("application_id", "created_at", "id");
CREATE INDEX "signal_streams_due" ON "signal_streams" ("due_at") WHERE due_at IS NOT NULL;
ALTER TABLE "signal_streams" ADD CONSTRAINT "signal_streams_application_id_fkey"
  FOREIGN KEY ("application_id") REFERENCES "applications" ("id") ON DELETE CASCADE ON UPDATE CASCADE;

CREATE TABLE "signal_stream_exclusions" (
    "stream_id" UUID NOT NULL,
    "subject" TEXT NOT NULL,

    CONSTRAINT "signal_stream_exclusions_pkey" PRIMARY KEY ("stream_id", "subject")
);
ALTER TABLE "signal_stream_exclusions" ADD CONSTRAINT "signal_stream_exclusions_stream_id_fkey"
  FOREIGN KEY ("stream_id") REFERENCES "signal_streams" ("id") ON DELETE CASCADE ON UPDATE CASCADE;

CREATE TABLE "pending_signals" (
    "id" UUID NOT NULL,
    "stream_id" UUID NOT NULL,
    "serial" BIGSERIAL NOT NULL,
    "type" TEXT NOT NULL,
    "subject" JSONB NOT NULL,
    "event" JSONB NOT NULL,
    "txn" TEXT,
    "of_stream" BOOLEAN NOT NULL DEFAULT false,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "pending_signals_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "pending_signals_stream_id_serial_idx" ON "pending_signals" ("stream_id", "serial");
ALTER TABLE "pending_signals" ADD CONSTRAINT "pending_signals_stream_id_fkey"
  FOREIGN KEY ("stream_id") REFERENCES "signal_streams" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
