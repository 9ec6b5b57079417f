-- What an older process is just changing ends before it is copied. Stop older processes first: what they write after this
-- leaves no mark.
LOCK TABLE "directory_users", "directory_groups" IN ACCESS EXCLUSIVE MODE;

-- CreateTable
CREATE TABLE "directory_user_links" (
    "directory_user_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,

    CONSTRAINT "directory_user_links_pkey" PRIMARY KEY ("directory_user_id")
);

-- CreateTable
CREATE TABLE "dirty_directory_users" (
    "organization_id" UUID NOT NULL,
    "directory_user_id" UUID NOT NULL,
    "mark" BIGSERIAL NOT NULL,
    "marked_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "dirty_directory_users_pkey" PRIMARY KEY ("organization_id","directory_user_id","mark")
);

-- CreateTable
CREATE TABLE "dirty_directory_groups" (
    "organization_id" UUID NOT NULL,
    "directory_group_id" UUID NOT NULL,
    "mark" BIGSERIAL NOT NULL,
    "marked_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "dirty_directory_groups_pkey" PRIMARY KEY ("organization_id","directory_group_id","mark")
);

-- What the reconciler had linked, and what it has yet to look at.
INSERT INTO "directory_user_links" ("directory_user_id", "user_id")
  SELECT "id", "user_id" FROM "directory_users" WHERE "user_id" IS NOT NULL;
INSERT INTO "dirty_directory_users" ("organization_id", "directory_user_id", "marked_at")
  SELECT "organization_id", "id", "last_modified" FROM "directory_users" WHERE "generation" > "observed_generation";
INSERT INTO "dirty_directory_groups" ("organization_id", "directory_group_id", "marked_at")
  SELECT "organization_id", "id", "last_modified" FROM "directory_groups" WHERE "generation" > "observed_generation";

-- DropForeignKey
ALTER TABLE "directory_users" DROP CONSTRAINT "directory_users_organization_id_fkey";

-- DropForeignKey
ALTER TABLE "directory_users" DROP CONSTRAINT "directory_users_directory_id_fkey";

-- DropForeignKey
ALTER TABLE "directory_users" DROP CONSTRAINT "directory_users_user_id_fkey";

-- DropForeignKey
ALTER TABLE "directory_groups" DROP CONSTRAINT "directory_groups_organization_id_fkey";

-- DropForeignKey
ALTER TABLE "directory_groups" DROP CONSTRAINT "directory_groups_directory_id_fkey";

-- DropForeignKey
ALTER TABLE "directory_group_members" DROP CONSTRAINT "directory_group_members_organization_id_fkey";

-- DropForeignKey
ALTER TABLE "directory_group_members" DROP CONSTRAINT "directory_group_members_group_id_fkey";

-- DropForeignKey
ALTER TABLE "scim_requests" DROP CONSTRAINT "scim_requests_organization_id_fkey";

-- DropForeignKey
ALTER TABLE "scim_requests" DROP CONSTRAINT "scim_requests_directory_id_fkey";

-- DropIndex
DROP INDEX "directory_users_user_id_idx";

-- DropIndex
DROP INDEX "directory_users_dirty";

-- DropIndex
DROP INDEX "directory_groups_dirty";

-- AlterTable
ALTER TABLE "directory_users" DROP COLUMN "generation",
DROP COLUMN "observed_generation",
DROP COLUMN "user_id";

-- AlterTable
ALTER TABLE "directory_groups" DROP COLUMN "generation",
DROP COLUMN "observed_generation";

-- CreateIndex
CREATE INDEX "directory_user_links_user_id_idx" ON "directory_user_links"("user_id");

-- CreateIndex
CREATE UNIQUE INDEX "directories_id_organization_id_key" ON "directories"("id", "organization_id");

-- CreateIndex
CREATE UNIQUE INDEX "directory_groups_id_organization_id_key" ON "directory_groups"("id", "organization_id");

-- AddForeignKey
ALTER TABLE "directory_users" ADD CONSTRAINT "directory_users_directory_id_organization_id_fkey" FOREIGN KEY ("directory_id", "organization_id") REFERENCES "directories"("id", "organization_id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "directory_user_links" ADD CONSTRAINT "directory_user_links_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "directory_groups" ADD CONSTRAINT "directory_groups_directory_id_organization_id_fkey" FOREIGN KEY ("directory_id", "organization_id") REFERENCES "directories"("id", "organization_id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "directory_group_members" ADD CONSTRAINT "directory_group_members_group_id_organization_id_fkey" FOREIGN KEY ("group_id", "organization_id") REFERENCES "directory_groups"("id", "organization_id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "scim_requests" ADD CONSTRAINT "scim_requests_directory_id_organization_id_fkey" FOREIGN KEY ("directory_id", "organization_id") REFERENCES "directories"("id", "organization_id") ON DELETE CASCADE ON UPDATE CASCADE;
