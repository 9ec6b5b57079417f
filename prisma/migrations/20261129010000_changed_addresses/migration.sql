-- Whether a later sign-in changed the address: then none proves it any more.
ALTER TABLE "users" ADD COLUMN     "email_changed" BOOLEAN NOT NULL DEFAULT false;
