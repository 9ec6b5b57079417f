-- What an older process is just changing ends before it is read. Stop older processes first: what they write after this
-- is known by no identifier.
LOCK TABLE "directory_users", "directory_user_links", "memberships", "role_bindings" IN ACCESS EXCLUSIVE MODE;

-- CreateEnum
CREATE TYPE "sign_in_policy" AS ENUM ('just_in_time', 'directory');

-- CreateEnum
CREATE TYPE "roles_from" AS ENUM ('directory', 'directory_and_sign_in');

-- CreateEnum
CREATE TYPE "email_proof" AS ENUM ('administrator', 'sign_in');

-- CreateEnum
CREATE TYPE "directory_word" AS ENUM ('active', 'ended', 'released');

-- CreateEnum
CREATE TYPE "conflict_resolution" AS ENUM ('kept_apart');

-- DropIndex
DROP INDEX "role_bindings_membership_id_role_id_source_key";

-- AlterTable
ALTER TABLE "organizations" ADD COLUMN     "roles_from" "roles_from" NOT NULL DEFAULT 'directory',
ADD COLUMN     "sign_in" "sign_in_policy" NOT NULL DEFAULT 'just_in_time';

-- AlterTable
ALTER TABLE "users" ADD COLUMN     "email_proof" "email_proof";

-- AlterTable
ALTER TABLE "identities" ADD COLUMN     "directory_key" TEXT,
ADD COLUMN     "identifiers" TEXT[] DEFAULT ARRAY[]::TEXT[];

-- AlterTable
ALTER TABLE "memberships" ADD COLUMN     "directory" "directory_word";

-- AlterTable
ALTER TABLE "role_bindings" ADD COLUMN     "group_key" TEXT NOT NULL DEFAULT '';

-- AlterTable
ALTER TABLE "dirty_directory_users" ADD COLUMN     "identified" BOOLEAN NOT NULL DEFAULT false;

-- CreateTable
CREATE TABLE "conflicts" (
    "id" UUID NOT NULL,
    "organization_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "other_user_id" UUID NOT NULL,
    "claim" TEXT NOT NULL,
    "source" "source" NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "resolved_at" TIMESTAMPTZ(3),
    "resolution" "conflict_resolution",

    CONSTRAINT "conflicts_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "directory_identifiers" (
    "organization_id" UUID NOT NULL,
    "value" TEXT NOT NULL,
    "directory_user_id" UUID NOT NULL,
    "directory_id" UUID NOT NULL,
    "current" BOOLEAN NOT NULL DEFAULT true,

    CONSTRAINT "directory_identifiers_pkey" PRIMARY KEY ("organization_id","value","directory_user_id")
);

-- CreateIndex
CREATE INDEX "conflicts_other_user_id_idx" ON "conflicts"("other_user_id");

-- CreateIndex
CREATE INDEX "conflicts_organization_id_created_at_id_idx" ON "conflicts"("organization_id", "created_at", "id");

-- CreateIndex
CREATE UNIQUE INDEX "conflicts_user_id_other_user_id_claim_key" ON "conflicts"("user_id", "other_user_id", "claim");

-- CreateIndex
CREATE INDEX "directory_identifiers_former" ON "directory_identifiers"("directory_user_id") WHERE (NOT current);

-- CreateIndex
CREATE INDEX "identities_identifiers_idx" ON "identities" USING GIN ("identifiers");

-- CreateIndex
CREATE INDEX "identities_directory_key" ON "identities"("organization_id", "directory_key") WHERE (directory_key IS NOT NULL);

-- CreateIndex
CREATE INDEX "memberships_ended" ON "memberships"("organization_id") WHERE (directory = 'ended' AND source <> 'directory');

-- CreateIndex
CREATE UNIQUE INDEX "role_bindings_membership_id_role_id_source_group_key_key" ON "role_bindings"("membership_id", "role_id", "source", "group_key");

-- AddForeignKey
ALTER TABLE "conflicts" ADD CONSTRAINT "conflicts_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "conflicts" ADD CONSTRAINT "conflicts_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "conflicts" ADD CONSTRAINT "conflicts_other_user_id_fkey" FOREIGN KEY ("other_user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Identifiers as packages/domain/people/src/identifiers.ts has them, but for the ASCII form of a domain, which SQL cannot tell.
CREATE FUNCTION pg_temp."trimmed"(text) RETURNS text LANGUAGE sql AS $$ SELECT btrim($1, E' \t\n\r\v\f\u00a0\ufeff') $$;
CREATE FUNCTION pg_temp."address_of"(text) RETURNS text LANGUAGE sql AS $$
  SELECT lower(name) FROM pg_temp."trimmed"($1) AS name
  WHERE name ~ '^[^\s@"<>]{1,64}@[^\s@"<>]{1,255}$' AND name !~* '^(mailto|smtp):' $$;
CREATE FUNCTION pg_temp."named"(text) RETURNS text LANGUAGE sql AS $$
  SELECT coalesce('address:' || pg_temp."address_of"($1), 'name:' || lower(pg_temp."trimmed"($1))) $$;
CREATE FUNCTION pg_temp."fitting"(text) RETURNS text LANGUAGE sql AS $$
  SELECT CASE WHEN octet_length($1) <= 1100 THEN $1
         ELSE 'long:' || translate(encode(sha256(convert_to($1, 'UTF8')), 'base64'), '+/=', '-_') END $$;

-- By what directories know whom they have now. What they knew before was not kept.
INSERT INTO "directory_identifiers" ("organization_id", "value", "directory_user_id", "directory_id")
  SELECT u."organization_id", told."value", u."id", u."directory_id"
  FROM "directory_users" u CROSS JOIN LATERAL (
    SELECT DISTINCT pg_temp."fitting"("value") AS "value" FROM (
      SELECT pg_temp."named"(u."user_name") AS "value"
      UNION ALL
      SELECT 'address:' || pg_temp."address_of"(e ->> 'value')
      FROM jsonb_array_elements(CASE jsonb_typeof(u."resource" -> 'emails') WHEN 'array' THEN u."resource" -> 'emails' ELSE '[]' END) AS e
      UNION ALL
      SELECT 'address:' || pg_temp."address_of"(u."email")
      UNION ALL
      SELECT 'id:' || pg_temp."trimmed"(u."external_id")
    ) AS one
    WHERE "value" IS NOT NULL
  ) AS told;

-- By what logins may have been those of a directory user, as far as it was kept.
UPDATE "identities" i SET "identifiers" = ARRAY(
  SELECT DISTINCT pg_temp."fitting"("value") FROM (
    SELECT 'id:' || pg_temp."trimmed"(i."subject") AS "value"
    UNION ALL
    SELECT pg_temp."named"(name) FROM (VALUES (i."subject"), (u."email"), (u."username")) AS told (name)
  ) AS one WHERE "value" IS NOT NULL)
FROM "users" u WHERE u."id" = i."user_id";
DROP FUNCTION pg_temp."fitting", pg_temp."named", pg_temp."address_of", pg_temp."trimmed";

-- What directories say of whom they are linked to.
UPDATE "memberships" m SET "directory" = said.word::"directory_word"
FROM (
  SELECT l."user_id", CASE WHEN bool_or(u."active" AND u."deleted_at" IS NULL) THEN 'active' ELSE 'ended' END AS word
  FROM "directory_user_links" l JOIN "directory_users" u ON u."id" = l."directory_user_id"
  GROUP BY 1) AS said
WHERE m."user_id" = said."user_id";
UPDATE "memberships" SET "directory" = 'ended' WHERE "source" = 'directory' AND "directory" IS NULL AND "status" = 'suspended';

-- Addresses of those who hold them by proof. One that was merely asserted leads to nobody any more.
UPDATE "users" u SET "email_proof" = 'administrator'
FROM "memberships" m
WHERE m."user_id" = u."id" AND m."source" = 'manual' AND u."email" IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM "identities" i WHERE i."user_id" = u."id");
UPDATE "users" u SET "email_proof" = 'sign_in'
WHERE u."email_proof" IS NULL AND u."email_verified" AND EXISTS (SELECT 1 FROM "identities" i WHERE i."user_id" = u."id");

-- Which asserted group gave a role was not kept: every mapping of the role may have been it. Where none is left, the role
-- had outlived what granted it.
INSERT INTO "role_bindings" ("id", "organization_id", "role_id", "membership_id", "source", "group_key", "created_at")
  SELECT gen_random_uuid(), b."organization_id", b."role_id", b."membership_id", 'jit', map."group_key", b."created_at"
  FROM "role_bindings" b
  JOIN "roles" r ON r."id" = b."role_id" AND r."key" <> 'member'
  JOIN "group_mappings" map ON map."role_id" = b."role_id" AND map."organization_id" = b."organization_id"
  WHERE b."source" = 'jit';
DELETE FROM "role_bindings" b USING "roles" r
WHERE r."id" = b."role_id" AND r."key" <> 'member' AND b."source" = 'jit' AND b."group_key" = '';

-- Whom a directory user stands for is to be asked again, by all that it is known by.
INSERT INTO "dirty_directory_users" ("organization_id", "directory_user_id", "identified")
  SELECT "organization_id", "id", true FROM "directory_users";
