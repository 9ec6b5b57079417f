-- What a directory takes from more people than its guard lets through is held until an administrator decides.
CREATE TYPE "held_change_status" AS ENUM ('held', 'confirmed', 'rejected', 'withdrawn');

CREATE TABLE "guards" (
    "target_id" UUID NOT NULL,
    "organization_id" UUID NOT NULL,
    "share" INTEGER NOT NULL,
    "people" INTEGER NOT NULL,
    "minutes" INTEGER NOT NULL,

    CONSTRAINT "guards_pkey" PRIMARY KEY ("target_id")
);

CREATE TABLE "directory_losses" (
    "organization_id" UUID NOT NULL,
    "directory_id" UUID NOT NULL,
    "minute" TIMESTAMPTZ(3) NOT NULL,
    "people" INTEGER NOT NULL,
    "suspended" INTEGER NOT NULL,

    CONSTRAINT "directory_losses_pkey" PRIMARY KEY ("directory_id","minute")
);

CREATE TABLE "held_changes" (
    "id" UUID NOT NULL,
    "organization_id" UUID NOT NULL,
    "directory_id" UUID NOT NULL,
    "status" "held_change_status" NOT NULL DEFAULT 'held',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "decided_at" TIMESTAMPTZ(3),

    CONSTRAINT "held_changes_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "held_people" (
    "user_id" UUID NOT NULL,
    "organization_id" UUID NOT NULL,
    "held_change_id" UUID NOT NULL,
    "suspends" BOOLEAN NOT NULL,
    "role_ids" UUID[],

    CONSTRAINT "held_people_pkey" PRIMARY KEY ("user_id")
);

CREATE TABLE "ended_mappings" (
    "organization_id" UUID NOT NULL,
    "group_key" TEXT NOT NULL,
    "role_id" UUID NOT NULL,
    "ended_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "ended_mappings_pkey" PRIMARY KEY ("organization_id","group_key","role_id")
);

CREATE INDEX "guards_organization_id_idx" ON "guards"("organization_id");

CREATE INDEX "directory_losses_organization_id_idx" ON "directory_losses"("organization_id");

CREATE INDEX "held_changes_organization_id_created_at_id_idx" ON "held_changes"("organization_id", "created_at", "id");

CREATE UNIQUE INDEX "held_changes_open" ON "held_changes"("directory_id") WHERE (status = 'held');

CREATE INDEX "held_people_held_change_id_user_id_idx" ON "held_people"("held_change_id", "user_id");

CREATE INDEX "ended_mappings_ended_at_idx" ON "ended_mappings"("ended_at");

ALTER TABLE "guards" ADD CONSTRAINT "guards_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "directory_losses" ADD CONSTRAINT "directory_losses_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "held_changes" ADD CONSTRAINT "held_changes_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "held_people" ADD CONSTRAINT "held_people_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "held_people" ADD CONSTRAINT "held_people_held_change_id_fkey" FOREIGN KEY ("held_change_id") REFERENCES "held_changes"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "ended_mappings" ADD CONSTRAINT "ended_mappings_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE CASCADE;
