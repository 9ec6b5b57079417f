/**
 * Credentials that are none, at every door that takes some: each costs a look into the database and a line of the log.
 * Whoever has the right ones is never told to wait, whatever others behind their address send.
 * CWE-307 (improper restriction of authentication attempts), CWE-645 (a lockout that an attacker can bring about).
 */

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { type FloodSite, startFloodSite } from "./site.ts";

let site: FloodSite;
let application: { clientId: string; clientSecret: string };
let directory: { id: string; token: string };
beforeAll(async () => {
  site = await startFloodSite("credentials=0.1/10");
  const made = await site.gateway.api("POST", "/applications", {
    name: "Chat",
    redirectUris: ["https://chat.example.test/callback"],
  });
  application = z.object({ clientId: z.string(), clientSecret: z.string() }).parse(made.body);
  const pushed = await site.gateway.api("POST", "/organizations/acme/directories", { name: "Okta" });
  directory = z.object({ id: z.string(), token: z.string() }).parse(pushed.body);
});
afterAll(() => site.stop());

type Secret = "right" | "wrong";
const FORM_OF: Readonly<Record<string, Record<string, string>>> = {
  token: {
    grant_type: "authorization_code",
    code: "none",
    redirect_uri: "https://chat.example.test/callback",
  },
  par: { response_type: "code", scope: "openid", redirect_uri: "https://chat.example.test/callback" },
  introspect: { token: "none" },
  revoke: { token: "none" },
};

function oauth(endpoint: string) {
  return (ip: string, secret: Secret) =>
    fetch(`${site.gateway.url}/oauth2/${endpoint}`, {
      method: "POST",
      headers: { "x-forwarded-for": ip },
      body: new URLSearchParams({
        ...FORM_OF[endpoint],
        client_id: application.clientId,
        client_secret: secret === "right" ? application.clientSecret : "wrong",
      }),
    });
}
const scim = (ip: string, secret: Secret) =>
  fetch(`${site.gateway.url}/scim/v2/${directory.id}/Users`, {
    headers: {
      "x-forwarded-for": ip,
      authorization: `Bearer ${secret === "right" ? directory.token : "wrong"}`,
    },
  });
const management = (ip: string, secret: Secret) =>
  fetch(`${site.gateway.url}/api/v1/applications`, {
    headers: {
      "x-forwarded-for": ip,
      authorization: `Bearer ${secret === "right" ? site.gateway.rootKey : "wrong"}`,
    },
  });

const OAUTH = z.object({ error: z.literal("temporarily_unavailable"), error_description: z.string() });
const SCIM = z.object({
  schemas: z.tuple([z.literal("urn:ietf:params:scim:api:messages:2.0:Error")]),
  status: z.literal("429"),
});
const PROBLEM = z.object({ status: z.literal(429), code: z.literal("authentication_failures_too_many") });

describe.each<[string, (ip: string, secret: Secret) => Promise<Response>, z.ZodType]>([
  ["/oauth2/token", oauth("token"), OAUTH],
  ["/oauth2/par", oauth("par"), OAUTH],
  ["/oauth2/introspect", oauth("introspect"), OAUTH],
  ["/oauth2/revoke", oauth("revoke"), OAUTH],
  ["/scim/v2", scim, SCIM],
  ["/api/v1", management, PROBLEM],
])("%s", (path, send, form) => {
  const ip = `192.0.2.${path.length + path.charCodeAt(path.length - 1)}`;

  it("answers 429 in its own form once ten were wrong", async () => {
    const answers = [];
    for (let n = 0; n < 12; n++) {
      answers.push(await send(ip, "wrong"));
    }
    expect(answers.map(({ status }) => status)).toEqual([...Array(10).fill(401), 429, 429]);
    const last = answers.at(-1);
    expect(Number(last?.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(form.safeParse(await last?.json()).error).toBeUndefined();
  });

  it("goes on to take the right ones from there", async () => {
    for (let n = 0; n < 20; n++) {
      expect([200, 201, 400]).toContain((await send(ip, "right")).status);
    }
  });

  it("tells others, elsewhere, what is wrong", async () => {
    expect((await send("203.0.113.7", "wrong")).status).toBe(401);
  });
});
