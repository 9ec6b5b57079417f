-- What a directory pushes while it is in review is stored, and nobody's access goes by it.
ALTER TABLE "directories" ADD COLUMN "in_review" BOOLEAN NOT NULL DEFAULT false;
