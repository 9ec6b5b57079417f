-- Who gets which role without a mapping, which directory is believed first, and how many may be members. A new value of a
-- type can be used only behind the transaction that adds it: so its index is a migration of its own.
ALTER TYPE "membership_status" ADD VALUE 'waiting';

CREATE TYPE "at_seat_limit" AS ENUM ('hold', 'allow');

CREATE TABLE "access_policies" (
    "organization_id" UUID NOT NULL,
    "default_role_id" UUID,
    "directory_order" UUID[] DEFAULT ARRAY[]::UUID[],
    "roles_from_first" BOOLEAN NOT NULL DEFAULT false,
    "seat_limit" INTEGER,
    "at_seat_limit" "at_seat_limit" NOT NULL DEFAULT 'hold',
    "seats_announced_at" TIMESTAMPTZ(3),
    "former_default_role_id" UUID,
    "former_directory_order" UUID[] DEFAULT ARRAY[]::UUID[],
    "former_roles_from_first" BOOLEAN NOT NULL DEFAULT false,
    "changed_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "access_policies_pkey" PRIMARY KEY ("organization_id")
);

CREATE INDEX "access_policies_default_role_id_idx" ON "access_policies"("default_role_id");

ALTER TABLE "access_policies" ADD CONSTRAINT "access_policies_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "access_policies" ADD CONSTRAINT "access_policies_default_role_id_fkey" FOREIGN KEY ("default_role_id") REFERENCES "roles"("id") ON DELETE SET NULL ON UPDATE CASCADE;
