-- A mapping may name groups by how they begin, or by a pattern, and count for one directory only.
CREATE TYPE "group_match" AS ENUM ('exact', 'prefix', 'pattern');

ALTER TABLE "group_mappings"
    ADD COLUMN "match" "group_match" NOT NULL DEFAULT 'exact',
    ADD COLUMN "pattern" TEXT,
    ADD COLUMN "directory_id" UUID;

ALTER TABLE "group_mappings" ADD CONSTRAINT "group_mappings_pattern" CHECK (("match" = 'exact') = ("pattern" IS NULL));

DROP INDEX "group_mappings_organization_id_group_key_role_id_key";
CREATE UNIQUE INDEX "group_mappings_what_gives_what" ON "group_mappings"("organization_id", "group_key", "role_id", "match", "directory_id") NULLS NOT DISTINCT;
CREATE INDEX "group_mappings_patterns" ON "group_mappings"("organization_id") WHERE (pattern IS NOT NULL);
CREATE INDEX "group_mappings_directory_id_idx" ON "group_mappings"("directory_id");

ALTER TABLE "group_mappings" ADD CONSTRAINT "group_mappings_directory_id_fkey" FOREIGN KEY ("directory_id") REFERENCES "directories"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "ended_mappings" DROP CONSTRAINT "ended_mappings_pkey";
ALTER TABLE "ended_mappings"
    ADD COLUMN "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    ADD COLUMN "match" "group_match" NOT NULL DEFAULT 'exact',
    ADD COLUMN "directory_id" UUID;
ALTER TABLE "ended_mappings" ADD CONSTRAINT "ended_mappings_pkey" PRIMARY KEY ("id");
CREATE UNIQUE INDEX "ended_mappings_what_gave_what" ON "ended_mappings"("organization_id", "group_key", "role_id", "match", "directory_id") NULLS NOT DISTINCT;
