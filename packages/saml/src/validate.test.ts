import { describe, expect, it } from "vitest";
import { createTestIdp } from "./testing/index.ts";
import { validateResponse } from "./validate.ts";

const idp = createTestIdp();
const now = new Date("2026-06-01T12:00:00Z");
const expected = {
  idpEntityId: idp.entityId,
  audience: "https://sp.example.test/saml",
  acsUrl: "https://sp.example.test/saml/acs",
  inResponseTo: "_request",
};
const login = { ...expected, now, attributes: { email: "jo@example.test", groups: ["a", "b & c"] } };

describe("a good response", () => {
  it.each(["assertion", "response", "both"] as const)("is accepted when signed over: %s", (sign) => {
    const result = validateResponse({
      response: idp.signResponse({ ...login, sign }),
      expected,
      certificates: [idp.certificate],
      now,
    });
    expect(result).toMatchObject({
      ok: true,
      warnings: [],
      assertion: {
        subject: { nameId: "jo@example.test" },
        attributes: [
          { name: "email", values: ["jo@example.test"] },
          { name: "groups", values: ["a", "b & c"] },
        ],
        signedBy: { covered: sign === "assertion" ? "assertion" : "response" },
      },
    });
  });
});
