import type { AddressInfo } from "node:net";
import { createTestIdp } from "@sallyport/saml/testing";
import express from "express";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startApi, type TestApi } from "../../testing/api.ts";
import { createWorld, type World } from "../../testing/world.ts";
import { idpInspection } from "./schema.ts";

let api: TestApi;
let acme: World;
let bravo: World;
let origin: string;
let close: () => void;
/** What the identity provider serves as its discovery document. */
let served: { readonly type: string; readonly status?: number; readonly body: unknown };
const waiting: (() => void)[] = [];
const idp = createTestIdp();

beforeAll(async () => {
  api = await startApi();
  acme = await createWorld(api, "acme");
  bravo = await createWorld(api, "bravo");
  const app = express();
  app.get("/.well-known/openid-configuration", (_req, res) => {
    const { type, status = 200, body } = served;
    res
      .status(status)
      .type(type)
      .send(typeof body === "string" ? body : JSON.stringify(body));
  });
  app.get("/slow/.well-known/openid-configuration", (_req, res) => {
    waiting.push(() => void res.status(404).end());
  });
  app.get("/metadata", (_req, res) => void res.type("xml").send(idp.metadata()));
  app.get("/page", (_req, res) => void res.type("html").send("<!doctype html><title>Sign in</title>"));
  app.get("/moved", (_req, res) => void res.redirect("/metadata"));
  const server = app.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  close = () => void server.close();
});
afterAll(async () => {
  close();
  await api.close();
});
beforeEach(() => {
  api.clock.now = new Date(api.clock.now.getTime() + 120_000);
  served = { type: "application/json", body: documentOf(origin) };
});

const documentOf = (issuer: string) => ({
  issuer,
  authorization_endpoint: `${issuer}/authorize`,
  token_endpoint: `${issuer}/token`,
  jwks_uri: `${issuer}/jwks`,
});
const inspect = (body: object, { org, key } = acme) => api.call("inspectIdp", { params: { org }, body, key });
const problemOf = async (body: object) => (await inspect(body)).as(idpInspection).problem;

describe("an issuer", () => {
  it("is shown as its document names it", async () => {
    expect((await inspect({ issuer: `${origin}/` })).body).toEqual({
      oidc: {
        issuer: origin,
        authorizationEndpoint: `${origin}/authorize`,
        tokenEndpoint: `${origin}/token`,
      },
      ...{ saml: null, problem: null },
    });
  });

  it("is told where its document names another, with both", async () => {
    served = { type: "application/json", body: documentOf("https://other.example") };
    expect(await problemOf({ issuer: origin })).toMatchObject({
      ...{ code: "oidc_issuer_mismatch", field: "issuer", expected: origin, found: "https://other.example" },
    });
  });

  it("is told what is missing of it", async () => {
    const { token_endpoint: _, ...rest } = documentOf(origin);
    served = { type: "application/json", body: rest };
    expect(await problemOf({ issuer: origin })).toMatchObject({
      ...{ code: "oidc_metadata_invalid", field: "token_endpoint", found: null },
    });
  });

  it("is told where a page stands in its place", async () => {
    served = { type: "text/html", body: "<!doctype html><h1>Sign in</h1>" };
    expect(await problemOf({ issuer: origin })).toMatchObject({
      ...{ code: "idp_unreachable", found: expect.stringContaining("HTTP 200, text/html") },
    });
  });

  it.each([
    ["https://login.microsoftonline.com/common/v2.0", "issuer_for_all_tenants", "<tenant id>"],
    ["https://login.microsoftonline.com/organizations", "issuer_for_all_tenants", "<tenant id>"],
    ["https://acme-admin.okta.com/admin/apps", "okta_admin_address", "https://acme.okta.com"],
    ["https://acme-admin.oktapreview.com", "okta_admin_address", "https://acme.oktapreview.com"],
  ])("%s is known to be none, without being asked", async (issuer, code, expected) => {
    expect(await problemOf({ issuer })).toMatchObject({ code, expected: expect.stringContaining(expected) });
  });

  it.each(["http://169.254.169.254/", "http://10.0.0.1:8080", "http://[fd00::1]/"])(
    "in the operator's network is not asked: %s",
    async (issuer) => {
      const problem = await problemOf({ issuer });
      expect(problem).toMatchObject({ code: "idp_unreachable", found: null });
    },
  );
});

describe("a metadata URL", () => {
  it("shows who the identity provider is, and how long its certificate lasts", async () => {
    expect((await inspect({ metadataUrl: `${origin}/metadata` })).body).toMatchObject({
      saml: { entityId: idp.entityId, certificates: [{ expired: false }] },
      ...{ oidc: null, problem: null },
    });
  });

  it("is told where it answers a page, and which", async () => {
    expect(await problemOf({ metadataUrl: `${origin}/page` })).toMatchObject({
      ...{ code: "not_metadata", detail: "it is an HTML page: Sign in" },
    });
  });

  it("is told where it answers nothing, or leads elsewhere", async () => {
    expect(await problemOf({ metadataUrl: `${origin}/nothing` })).toMatchObject({
      code: "metadata_unavailable",
    });
    expect(await problemOf({ metadataUrl: `${origin}/moved` })).toMatchObject({
      code: "metadata_unavailable",
    });
  });
});

describe("whoever looks too often", () => {
  it("waits, and holds up no other organization", async () => {
    const issuer = "https://login.microsoftonline.com/common";
    for (let count = 0; count < 30; count++) {
      expect((await inspect({ issuer })).status).toBe(200);
    }
    expect((await inspect({ issuer })).outcome).toEqual([429, "idp_inspections_too_many"]);
    expect((await inspect({ issuer }, bravo)).status).toBe(200);
    api.clock.now = new Date(api.clock.now.getTime() + 2_000);
    expect((await inspect({ issuer })).status).toBe(200);
  });

  it("has three under way at most", async () => {
    const issuer = `${origin}/slow`;
    const first = Array.from({ length: 3 }, () => inspect({ issuer }));
    await expect.poll(() => waiting.length).toBe(3);
    expect((await inspect({ issuer })).outcome).toEqual([429, "idp_inspections_too_many"]);
    for (const answer of waiting.splice(0)) {
      answer();
    }
    for (const reply of await Promise.all(first)) {
      expect(reply.body).toMatchObject({ problem: { code: "idp_unreachable" } });
    }
    expect((await inspect({ issuer: origin })).status).toBe(200);
  });
});
