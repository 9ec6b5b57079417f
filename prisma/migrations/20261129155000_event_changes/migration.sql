-- What was erased or deleted of events, for copies of them that have to follow.

CREATE TABLE "event_changes" (
    "id" BIGSERIAL NOT NULL,
    "kind" TEXT NOT NULL,
    "organization_id" UUID,
    "event_ids" UUID[],
    "until" TIMESTAMPTZ(3),
    "changed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "event_changes_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "event_changes_changed_at_idx" ON "event_changes" ("changed_at");
