-- Signals of identity providers: what a connection's transmitter says of itself, streams that the gateway makes there, and
-- the guard over the sessions that signals end.

-- AlterTable
ALTER TABLE "held_changes" ADD COLUMN "connection_id" UUID,
ALTER COLUMN "directory_id" DROP NOT NULL;

-- CreateTable
CREATE TABLE "held_session_ends" (
    "held_change_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "organization_id" UUID NOT NULL,
    "begun_until" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "held_session_ends_pkey" PRIMARY KEY ("held_change_id","user_id")
);

-- CreateTable
CREATE TABLE "signal_losses" (
    "connection_id" UUID NOT NULL,
    "urgent" BOOLEAN NOT NULL,
    "user_id" UUID NOT NULL,
    "organization_id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "signal_losses_pkey" PRIMARY KEY ("connection_id","urgent","user_id")
);

-- CreateTable
CREATE TABLE "idp_transmitters" (
    "connection_id" UUID NOT NULL,
    "organization_id" UUID NOT NULL,
    "issuer" TEXT NOT NULL,
    "configuration" JSONB,
    "checked_at" TIMESTAMPTZ(3),
    "status" TEXT,
    "status_reason" TEXT,
    "last_received_at" TIMESTAMPTZ(3),
    "last_verified_at" TIMESTAMPTZ(3),
    "error_code" TEXT,
    "error_message" TEXT,
    "error_at" TIMESTAMPTZ(3),

    CONSTRAINT "idp_transmitters_pkey" PRIMARY KEY ("connection_id")
);

-- CreateTable
CREATE TABLE "idp_streams" (
    "id" UUID NOT NULL,
    "organization_id" UUID NOT NULL,
    "connection_id" UUID,
    "issuer" TEXT NOT NULL,
    "configuration_endpoint" TEXT NOT NULL,
    "stream_id" TEXT NOT NULL,
    "audiences" TEXT[],
    "poll_url" TEXT,
    "credential" TEXT NOT NULL,
    "push_digest" BYTEA,
    "verify_state" TEXT,
    "verify_asked_at" TIMESTAMPTZ(3),
    "last_polled_at" TIMESTAMPTZ(3),
    "due_at" TIMESTAMPTZ(3),
    "failures" INTEGER NOT NULL DEFAULT 0,
    "failing_since" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "idp_streams_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "held_session_ends_user_id_idx" ON "held_session_ends"("user_id");

-- CreateIndex
CREATE INDEX "signal_losses_connection_id_urgent_at_idx" ON "signal_losses"("connection_id", "urgent", "at");

-- CreateIndex
CREATE INDEX "signal_losses_user_id_idx" ON "signal_losses"("user_id");

-- CreateIndex
CREATE INDEX "signal_losses_at_idx" ON "signal_losses"("at");

-- CreateIndex
CREATE INDEX "idp_transmitters_checked_at_idx" ON "idp_transmitters"("checked_at");

-- CreateIndex
CREATE UNIQUE INDEX "idp_streams_connection_id_key" ON "idp_streams"("connection_id");

-- CreateIndex
CREATE INDEX "idp_streams_due" ON "idp_streams"("due_at") WHERE (due_at IS NOT NULL);

-- CreateIndex
CREATE UNIQUE INDEX "held_changes_open_of_connection" ON "held_changes"("connection_id") WHERE (status = 'held');

-- AddForeignKey
ALTER TABLE "held_changes" ADD CONSTRAINT "held_changes_connection_id_fkey" FOREIGN KEY ("connection_id") REFERENCES "connections"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "held_session_ends" ADD CONSTRAINT "held_session_ends_held_change_id_fkey" FOREIGN KEY ("held_change_id") REFERENCES "held_changes"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "held_session_ends" ADD CONSTRAINT "held_session_ends_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "signal_losses" ADD CONSTRAINT "signal_losses_connection_id_fkey" FOREIGN KEY ("connection_id") REFERENCES "connections"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "signal_losses" ADD CONSTRAINT "signal_losses_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "idp_transmitters" ADD CONSTRAINT "idp_transmitters_connection_id_fkey" FOREIGN KEY ("connection_id") REFERENCES "connections"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "idp_streams" ADD CONSTRAINT "idp_streams_connection_id_fkey" FOREIGN KEY ("connection_id") REFERENCES "connections"("id") ON DELETE SET NULL ON UPDATE CASCADE;

ALTER TABLE "held_changes" ADD CONSTRAINT "held_changes_of_one_check"
  CHECK (num_nonnulls("directory_id", "connection_id") = 1);
ALTER TABLE "idp_transmitters" ADD CONSTRAINT "idp_transmitters_status_check"
  CHECK ("status" IN ('enabled', 'paused', 'disabled'));
