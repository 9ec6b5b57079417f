-- What pages show of an organization, drawn anew from what was uploaded.
CREATE TABLE "logos" (
    "organization_id" UUID NOT NULL,
    "digest" TEXT NOT NULL,
    "png" BYTEA NOT NULL,
    "width" INTEGER NOT NULL,
    "height" INTEGER NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "logos_pkey" PRIMARY KEY ("organization_id")
);

CREATE INDEX "logos_digest_idx" ON "logos"("digest");

ALTER TABLE "logos" ADD CONSTRAINT "logos_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE CASCADE;
