-- Groups in groups, and the closure of it that the reconciler keeps. Two new tables: nothing else is locked for long.
-- CreateTable
CREATE TABLE "directory_group_nestings" (
    "organization_id" UUID NOT NULL,
    "group_id" UUID NOT NULL,
    "member_group_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "directory_group_nestings_pkey" PRIMARY KEY ("group_id","member_group_id")
);

-- CreateTable
CREATE TABLE "directory_group_ancestors" (
    "organization_id" UUID NOT NULL,
    "group_id" UUID NOT NULL,
    "ancestor_id" UUID NOT NULL,
    "depth" SMALLINT NOT NULL,

    CONSTRAINT "directory_group_ancestors_pkey" PRIMARY KEY ("group_id","ancestor_id")
);

-- CreateIndex
CREATE INDEX "directory_group_nestings_member_group_id_group_id_idx" ON "directory_group_nestings"("member_group_id", "group_id");

-- CreateIndex
CREATE INDEX "directory_group_ancestors_ancestor_id_idx" ON "directory_group_ancestors"("ancestor_id");

-- AddForeignKey
ALTER TABLE "directory_group_nestings" ADD CONSTRAINT "directory_group_nestings_group_id_organization_id_fkey" FOREIGN KEY ("group_id", "organization_id") REFERENCES "directory_groups"("id", "organization_id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "directory_group_nestings" ADD CONSTRAINT "directory_group_nestings_member_group_id_organization_id_fkey" FOREIGN KEY ("member_group_id", "organization_id") REFERENCES "directory_groups"("id", "organization_id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "directory_group_ancestors" ADD CONSTRAINT "directory_group_ancestors_group_id_organization_id_fkey" FOREIGN KEY ("group_id", "organization_id") REFERENCES "directory_groups"("id", "organization_id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "directory_group_ancestors" ADD CONSTRAINT "directory_group_ancestors_ancestor_id_organization_id_fkey" FOREIGN KEY ("ancestor_id", "organization_id") REFERENCES "directory_groups"("id", "organization_id") ON DELETE CASCADE ON UPDATE CASCADE;
