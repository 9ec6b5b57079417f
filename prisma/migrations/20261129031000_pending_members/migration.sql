-- Members that were pushed before they came.
-- CreateTable
CREATE TABLE "directory_pending_members" (
    "organization_id" UUID NOT NULL,
    "directory_id" UUID NOT NULL,
    "group_id" UUID NOT NULL,
    "value" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "directory_pending_members_pkey" PRIMARY KEY ("group_id","value")
);

-- CreateIndex
CREATE INDEX "directory_pending_members_organization_id_directory_id_valu_idx" ON "directory_pending_members"("organization_id", "directory_id", "value");

-- AddForeignKey
ALTER TABLE "directory_pending_members" ADD CONSTRAINT "directory_pending_members_group_id_organization_id_fkey" FOREIGN KEY ("group_id", "organization_id") REFERENCES "directory_groups"("id", "organization_id") ON DELETE CASCADE ON UPDATE CASCADE;
