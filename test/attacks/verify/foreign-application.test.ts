/**
 * A token that a person gave to one application, shown at another's door: whoever runs any application (or stole a token
 * from the weakest) would be that person at every other one. RFC 9068 §4, RFC 9700 §4.9 (audience restriction), CWE-441.
 */

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addApplication, type TestApplication } from "../../harness/application.ts";
import { type SamlSite, startSamlSite } from "../../harness/saml-site.ts";
import { addCompany, person, tokensOf, verify } from "./victim.ts";

let site: SamlSite;
let other: TestApplication;
let token: string;
let foreign: string;
beforeAll(async () => {
  site = await startSamlSite();
  other = await addApplication(site.gateway, "https://other.example.test/callback");
  const acme = await addCompany(site, "acme");
  const ann = person("ann@acme.example.test");
  token = (await tokensOf(site, acme, ann)).accessToken;
  foreign = (await tokensOf(site, acme, ann, { application: other })).accessToken;
});
afterAll(() => site.stop());

const audience = (application: TestApplication) => `?audience=${application.clientId}`;

describe("the door of an application", () => {
  it("opens for its own token", async () => {
    const { status, identity } = await verify(site, token, audience(site.application));
    expect(status).toBe(200);
    expect(identity).toMatchObject({ "x-auth-email": "ann@acme.example.test", "x-auth-org-slug": "acme" });
    expect((await verify(site, foreign, audience(other))).status).toBe(200);
  });

  it("stays shut for another application's token, and says nothing of whose it is", async () => {
    for (const [shown, at] of [
      [foreign, site.application],
      [token, other],
    ] as const) {
      const { status, identity, body } = await verify(site, shown, audience(at));
      expect(status).toBe(401);
      expect(identity).toEqual({});
      expect(JSON.parse(body)).toMatchObject({ error: "invalid_token" });
    }
  });

  it("stays shut where the proxy does not say whose door it is, and says what to add", async () => {
    for (const query of ["", "?audience=", "?client_id=x"]) {
      const { status, identity, body } = await verify(site, token, query);
      expect(status).toBe(400);
      expect(identity).toEqual({});
      expect(body).toContain("?audience=");
    }
  });

  it("takes the audience from nobody but the proxy: not twice, and not from a header", async () => {
    const query = `${audience(site.application)}&audience=${other.clientId}`;
    expect((await verify(site, foreign, query)).status).toBe(400);
    const headers = {
      authorization: `Bearer ${token}`,
      audience: site.application.clientId,
      "x-audience": site.application.clientId,
    };
    expect((await fetch(`${site.gateway.url}/session/verify`, { headers })).status).toBe(400);
  });

  it("is asked for nobody without a token, whatever the audience", async () => {
    expect((await verify(site, undefined, "")).status).toBe(401);
    expect((await verify(site, undefined, audience(site.application))).status).toBe(401);
  });
});
