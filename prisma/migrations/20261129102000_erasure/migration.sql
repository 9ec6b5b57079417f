-- When personal data is taken out of an event, the digest of what was recorded stays in its place.
ALTER TABLE "events" ADD COLUMN     "digest" BYTEA,
ADD COLUMN     "erased_at" TIMESTAMPTZ(3);

ALTER TABLE "events" ADD CONSTRAINT "events_erased" CHECK ((erased_at IS NULL) = (digest IS NULL));

CREATE TABLE "erasures" (
    "user_id" UUID NOT NULL,
    "organization_id" UUID NOT NULL,
    "membership_id" UUID,
    "deleted_at" TIMESTAMPTZ(3) NOT NULL,
    "requested_at" TIMESTAMPTZ(3),
    "claimed_until" TIMESTAMPTZ(3),
    "erased_at" TIMESTAMPTZ(3),
    "nameless" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "erasures_pkey" PRIMARY KEY ("user_id")
);

CREATE TABLE "retention_policies" (
    "organization_id" UUID NOT NULL,
    "erase_deleted_after_days" INTEGER,
    "login_record_days" INTEGER NOT NULL,
    "scim_request_days" INTEGER NOT NULL,
    "session_days" INTEGER NOT NULL,
    "audit_event_days" INTEGER,

    CONSTRAINT "retention_policies_pkey" PRIMARY KEY ("organization_id")
);

CREATE INDEX "erasures_waiting" ON "erasures"("organization_id", "deleted_at", "user_id") WHERE (erased_at IS NULL);

CREATE INDEX "erasures_nameless" ON "erasures"("user_id") WHERE (nameless);

CREATE INDEX "erasures_organization_id_membership_id_idx" ON "erasures"("organization_id", "membership_id");

ALTER TABLE "erasures" ADD CONSTRAINT "erasures_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "retention_policies" ADD CONSTRAINT "retention_policies_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE CASCADE;
