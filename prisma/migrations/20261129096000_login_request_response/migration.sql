-- Of the response that used a login request: the same one, from the same browser a moment later, ends where it did.
ALTER TABLE "login_requests" ADD COLUMN "response_digest" BYTEA;
