import { expect, it } from "vitest";
import { challenge } from "./challenge.ts";
import { OAuthError } from "./error.ts";

it("is written as RFC 6749, section 5.2, has it", () => {
  const error = new OAuthError("invalid_client", "Check client_id", {
    challenge: challenge("Basic", { realm: "x", error: "invalid_client" }),
    headers: { "retry-after": "3" },
  });
  expect([error.status, error.document, error.headers]).toEqual([
    401,
    { error: "invalid_client", error_description: "Check client_id" },
    { "retry-after": "3", "www-authenticate": 'Basic realm="x", error="invalid_client"' },
  ]);
});

it("has the status of its code, unless it is given another", () => {
  expect(new OAuthError("temporarily_unavailable", "Later").status).toBe(429);
  expect(new OAuthError("temporarily_unavailable", "Later", { status: 503 }).status).toBe(503);
});
