-- CreateTable
CREATE TABLE "connection_metadata" (
    "connection_id" UUID NOT NULL,
    "organization_id" UUID NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "checked_at" TIMESTAMPTZ(3),
    "refreshed_at" TIMESTAMPTZ(3),
    "valid_until" TIMESTAMPTZ(3),
    "problem" JSONB,
    "held" JSONB,

    CONSTRAINT "connection_metadata_pkey" PRIMARY KEY ("connection_id")
);

-- CreateTable
CREATE TABLE "certificate_uses" (
    "connection_id" UUID NOT NULL,
    "fingerprint" TEXT NOT NULL,
    "organization_id" UUID NOT NULL,
    "last_validated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "certificate_uses_pkey" PRIMARY KEY ("connection_id","fingerprint")
);

-- CreateTable
CREATE TABLE "certificate_notices" (
    "connection_id" UUID NOT NULL,
    "fingerprint" TEXT NOT NULL,
    "organization_id" UUID NOT NULL,
    "days" SMALLINT NOT NULL,
    "announced_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "certificate_notices_pkey" PRIMARY KEY ("connection_id","fingerprint")
);

-- CreateIndex
CREATE INDEX "connection_metadata_due_at_idx" ON "connection_metadata"("due_at");

-- AddForeignKey
ALTER TABLE "connection_metadata" ADD CONSTRAINT "connection_metadata_connection_id_fkey" FOREIGN KEY ("connection_id") REFERENCES "connections"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "certificate_uses" ADD CONSTRAINT "certificate_uses_connection_id_fkey" FOREIGN KEY ("connection_id") REFERENCES "connections"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "certificate_notices" ADD CONSTRAINT "certificate_notices_connection_id_fkey" FOREIGN KEY ("connection_id") REFERENCES "connections"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Connections that were made of a metadata URL follow it from now on, a few at a time.
INSERT INTO "connection_metadata" ("connection_id", "organization_id", "due_at")
SELECT "id", "organization_id", now() + random() * interval '1 hour' FROM "connections"
WHERE "type" = 'saml' AND "settings" ? 'metadataUrl';
