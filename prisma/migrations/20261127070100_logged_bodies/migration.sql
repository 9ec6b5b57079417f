-- By itself: it writes the whole table anew, and holds no other meanwhile.
-- AlterTable
ALTER TABLE "scim_requests" ALTER COLUMN "request_body" SET DATA TYPE JSON,
ALTER COLUMN "response_body" SET DATA TYPE JSON;
