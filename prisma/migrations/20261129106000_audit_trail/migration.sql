-- The audit trail: signed batches of the events of each organization, in their order.

-- Rows that are there stay as they are: a default that came with the column would have the whole table written anew.
ALTER TABLE "events" ADD COLUMN "salt" UUID;
ALTER TABLE "events" ALTER COLUMN "salt" SET DEFAULT gen_random_uuid();

-- CreateTable
CREATE TABLE "audit_keys" (
    "id" TEXT NOT NULL,
    "public_jwk" JSONB NOT NULL,
    "private_jwk" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "retired_at" TIMESTAMPTZ(3),

    CONSTRAINT "audit_keys_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "audit_trails" (
    "organization_id" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "last_sequence" BIGINT NOT NULL,
    "hash" BYTEA NOT NULL,
    "sealed_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "audit_trails_pkey" PRIMARY KEY ("organization_id")
);

-- CreateTable
CREATE TABLE "audit_seals" (
    "organization_id" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "first_sequence" BIGINT NOT NULL,
    "last_sequence" BIGINT NOT NULL,
    "root" BYTEA NOT NULL,
    "previous" BYTEA,
    "sealed_at" TIMESTAMPTZ(3) NOT NULL,
    "key_id" TEXT NOT NULL,
    "signature" BYTEA NOT NULL,
    "leaves" BYTEA NOT NULL,

    CONSTRAINT "audit_seals_pkey" PRIMARY KEY ("organization_id","number")
);

-- CreateTable
CREATE TABLE "audit_removals" (
    "id" UUID NOT NULL,
    "organization_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "first_sequence" BIGINT NOT NULL,
    "last_sequence" BIGINT NOT NULL,
    "removed_at" TIMESTAMPTZ(3) NOT NULL,
    "key_id" TEXT NOT NULL,
    "signature" BYTEA NOT NULL,

    CONSTRAINT "audit_removals_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "audit_verifications" (
    "id" UUID NOT NULL,
    "organization_id" UUID NOT NULL,
    "checked" BIGINT NOT NULL DEFAULT 0,
    "total" BIGINT NOT NULL,
    "report" JSONB,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "started_at" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "audit_verifications_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "audit_anchors" (
    "destination" TEXT NOT NULL,
    "organization_id" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "anchored_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "audit_anchors_pkey" PRIMARY KEY ("destination","organization_id")
);

-- CreateIndex
CREATE INDEX "audit_removals_organization_id_last_sequence_idx" ON "audit_removals"("organization_id", "last_sequence");

-- CreateIndex
CREATE INDEX "audit_verifications_organization_id_created_at_id_idx" ON "audit_verifications"("organization_id", "created_at", "id");
