-- How an application gets on with the gateway, for its integration check: the last of each alone.
CREATE TABLE "application_checks" (
    "application_id" UUID NOT NULL,
    "last_request" JSONB,
    "last_token_error" JSONB,
    "logout_deliveries" JSONB NOT NULL DEFAULT '[]',

    CONSTRAINT "application_checks_pkey" PRIMARY KEY ("application_id")
);
ALTER TABLE "application_checks" ADD CONSTRAINT "application_checks_application_id_fkey"
  FOREIGN KEY ("application_id") REFERENCES "applications"("id") ON DELETE CASCADE ON UPDATE CASCADE;
