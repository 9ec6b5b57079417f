-- CreateTable
CREATE TABLE "reserved_slugs" (
    "id" UUID NOT NULL,
    "slug" TEXT NOT NULL,
    "organization_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "reserved_slugs_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "reserved_slugs_slug_key" ON "reserved_slugs"("slug");

-- Slugs that were released before this table was, as far as the audit trail tells of them: the last to have one keeps it.
INSERT INTO "reserved_slugs" ("id", "slug", "organization_id", "created_at")
SELECT DISTINCT ON ("data" ->> 'slug') gen_random_uuid(), "data" ->> 'slug', "resource_id"::uuid, "created_at"
FROM "events" e
WHERE "type" IN ('organization.created', 'organization.updated', 'organization.deleted')
  AND "data" ->> 'slug' IS NOT NULL
  AND NOT EXISTS (SELECT FROM "organizations" o WHERE o."slug" = e."data" ->> 'slug')
ORDER BY "data" ->> 'slug', "created_at" DESC, e."id" DESC;
