-- A response without the state that was sent with its request is found by its browser's open logins.
DROP INDEX "login_requests_idp_initiated";
CREATE INDEX "login_requests_browser" ON "login_requests"("browser_digest");
