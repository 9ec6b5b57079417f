import type { AddressInfo } from "node:net";
import { clientSecretContext, parseConnectionSettings } from "@sallyport/connections";
import { newId } from "@sallyport/database";
import { createTestIdp } from "@sallyport/saml/testing";
import express from "express";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pageOf } from "../../api/page.ts";
import { startApi, type TestApi } from "../../testing/api.ts";
import { createWorld, insertSession, OIDC, type World } from "../../testing/world.ts";
import { createdApplication } from "../applications/schema.ts";
import { connection, connectionInUse, connectionUsage } from "./schema.ts";

let api: TestApi;
let acme: World;
beforeAll(async () => {
  api = await startApi();
  acme = await createWorld(api, "acme");
});
afterAll(() => api.close());

const idp = createTestIdp({ entityId: "https://idp.acme.test/entity" });
const other = createTestIdp({ entityId: "https://other.acme.test/entity" });

const create = (body: unknown) => api.call("createConnection", { params: { org: "acme" }, body });
const createSaml = (saml: unknown) => create({ type: "saml", name: "Okta", provider: "okta", saml });
const createOidc = (oidc: unknown) => create({ type: "oidc", name: "Entra", provider: "entra", oidc });
const patch = (connectionId: string, body: unknown) =>
  api.call("updateConnection", { params: { org: "acme", connectionId }, body });

async function storedSettings(id: string): Promise<unknown> {
  return (await api.deps.database.prisma.connection.findUniqueOrThrow({ where: { id } })).settings;
}

/** Serves one document at a URL for as long as `work` runs. */
async function serving<Result>(
  answer: { status: number; body: string },
  work: (url: string) => Promise<Result>,
): Promise<Result> {
  const server = express()
    .use((_req, res) => void res.status(answer.status).type("xml").send(answer.body))
    .listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  try {
    return await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}/metadata`);
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
}

describe("a SAML connection", () => {
  it("is made of metadata, and tells what its IdP must be told", async () => {
    const reply = await createSaml({ metadataXml: idp.metadata() });
    expect(reply.status).toBe(201);
    const made = reply.as(connection);
    const base = `https://sso.example.com/sso/saml/${made.id}`;
    expect(made).toMatchObject({
      type: "saml",
      provider: "okta",
      status: "active",
      saml: {
        acsUrl: `${base}/acs`,
        spSloUrl: `${base}/slo`,
        spEntityId: `${base}/metadata`,
        spMetadataUrl: `${base}/metadata`,
        idpEntityId: idp.entityId,
        ssoBinding: "redirect",
        signRequests: false,
        allowSha1: false,
      },
    });
    expect(made.saml?.certificates).toHaveLength(1);
    expect(made.saml?.certificates[0]).toMatchObject({ expired: false });
    expect(parseConnectionSettings("saml", await storedSettings(made.id)).certificates).toHaveLength(1);
  });

  it("signs requests where the metadata wants it, unless it was told otherwise", async () => {
    const metadataXml = idp
      .metadata()
      .replace('WantAuthnRequestsSigned="false"', 'WantAuthnRequestsSigned="true"');
    expect((await createSaml({ metadataXml })).body).toMatchObject({ saml: { signRequests: true } });
    const told = await createSaml({ metadataXml, signRequests: false });
    expect(told.body).toMatchObject({ saml: { signRequests: false } });
  });

  describe("takes single logout from metadata", () => {
    const sloUrl = "https://idp.example.test/slo";
    const logoutOf = async (metadataXml: string) => (await createSaml({ metadataXml })).as(connection).saml;

    it("over redirect where both are offered, with where the answers go", async () => {
      const sloResponseUrl = "https://idp.example.test/slo/done";
      const metadata = createTestIdp({ sloUrl, sloResponseUrl }).metadata();
      expect(await logoutOf(metadata)).toMatchObject({ sloUrl, sloResponseUrl, sloBinding: "redirect" });
    });

    it("over POST where nothing else is, and not at all over plain http", async () => {
      const metadata = createTestIdp({ sloUrl }).metadata();
      const postOnly = metadata.replace(/<md:SingleLogoutService Binding="[^"]*Redirect"[^>]*>/, "");
      expect(await logoutOf(postOnly)).toMatchObject({ sloUrl, sloBinding: "post" });
      const plain = await logoutOf(metadata.replaceAll(sloUrl, "http://idp.example.test/slo"));
      expect([plain?.sloUrl, plain?.sloBinding]).toEqual([undefined, undefined]);
    });

    it("and forgets it with metadata that has none any more", async () => {
      const { id } = (await createSaml({ metadataXml: createTestIdp({ sloUrl }).metadata() })).as(connection);
      const reply = await patch(id, { saml: { metadataXml: createTestIdp().metadata() } });
      expect(reply.as(connection).saml?.sloUrl).toBeUndefined();
    });
  });

  it("is made of an entity ID, a URL and certificates, bare or PEM", async () => {
    const bare = idp.certificate.replace(/-----[A-Z ]+-----|\s/g, "");
    const explicit = { idpEntityId: "urn:acme:idp", ssoUrl: "https://idp.acme.test/sso", ssoBinding: "post" };
    const reply = await createSaml({ ...explicit, certificates: [bare], forceAuthn: true });
    expect(reply.as(connection).saml).toMatchObject({ ...explicit, forceAuthn: true });
    const settings = parseConnectionSettings("saml", await storedSettings(reply.as(connection).id));
    expect(settings.certificates[0]).toMatch(/^-----BEGIN CERTIFICATE-----\n/);
  });

  it("is made of metadata that is fetched", async () => {
    const made = await serving({ status: 200, body: idp.metadata() }, async (metadataUrl) =>
      (await createSaml({ metadataUrl })).as(connection),
    );
    expect(made.saml).toMatchObject({ idpEntityId: idp.entityId });
    expect(made.saml?.metadataUrl).toContain("/metadata");
  });

  it.each([
    ["answers 500", { status: 500, body: "" }, "metadata_unavailable", "500"],
    ["serves no metadata", { status: 200, body: "<html/>" }, "metadata_invalid", "metadata"],
  ])("says why when the metadata URL %s", async (_name, answer, code, reason) => {
    const reply = await serving(answer, (metadataUrl) => createSaml({ metadataUrl }));
    expect(reply.outcome).toEqual([400, code]);
    expect(reply.body).toMatchObject({
      errors: [{ field: "saml.metadataUrl", message: expect.stringContaining(reason) }],
    });
  });

  it("does not fetch metadata from a private address", async () => {
    const reply = await createSaml({ metadataUrl: "https://10.1.2.3/metadata" });
    expect(reply.outcome).toEqual([400, "metadata_unavailable"]);
  });

  it.each([
    ["nothing", {}, "saml.idpEntityId"],
    ["no certificate", { idpEntityId: "x", ssoUrl: "https://a.test" }, "saml.certificates"],
    [
      "an empty list of certificates",
      { idpEntityId: "x", ssoUrl: "https://a.test", certificates: [] },
      "saml.certificates",
    ],
    ["a plain http URL", { idpEntityId: "x", ssoUrl: "http://a.test", certificates: ["x"] }, "saml.ssoUrl"],
    ["a script URL", { idpEntityId: "x", ssoUrl: "javascript:alert(1)", certificates: ["x"] }, "saml.ssoUrl"],
    ["both metadata", { metadataXml: "<x/>", metadataUrl: "https://a.test" }, "saml.metadataUrl"],
    ["metadata and a certificate", { metadataXml: "<x/>", certificates: ["x"] }, "saml.certificates"],
    ["an unknown option", { metadataXml: "<x/>", wantEncrypted: true }, "saml"],
  ])("is refused with %s", async (_name, saml, field) => {
    const reply = await createSaml(saml);
    expect(reply.outcome).toEqual([400, "input_invalid"]);
    expect(reply.body).toMatchObject({
      errors: expect.arrayContaining([expect.objectContaining({ field })]),
    });
  });

  it("is refused with a certificate that is none, by its place", async () => {
    const certificates = [idp.certificate, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"];
    const reply = await createSaml({ idpEntityId: "x", ssoUrl: "https://a.test", certificates });
    expect(reply.outcome).toEqual([400, "certificate_invalid"]);
    expect(reply.body).toMatchObject({ errors: [{ field: "saml.certificates.1" }] });
  });

  it.each([
    ["malformed XML", "<md:EntityDescriptor"],
    ["a document type", `<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>${idp.metadata()}`],
    ["NUL", "\u0000"],
  ])("is refused with metadata that is %s", async (_name, metadataXml) => {
    const reply = await createSaml({ metadataXml });
    expect(reply.outcome).toEqual([400, "metadata_invalid"]);
    expect(reply.body).toMatchObject({ errors: [{ field: "saml.metadataXml" }] });
  });

  it("keeps its behaviour when its metadata is replaced", async () => {
    const { id } = (await createSaml({ metadataXml: idp.metadata(), forceAuthn: true })).as(connection);
    const patched = await patch(id, { saml: { metadataXml: other.metadata() } });
    expect(patched.as(connection).saml).toMatchObject({ idpEntityId: other.entityId, forceAuthn: true });
  });

  it("forgets its metadata URL when a fact is stated by hand, and only then", async () => {
    const made = await serving({ status: 200, body: idp.metadata() }, async (metadataUrl) =>
      (await createSaml({ metadataUrl })).as(connection),
    );
    const { id } = made;
    const behaving = (await patch(id, { saml: { allowSha1: true } })).as(connection);
    expect(behaving.saml).toMatchObject({ allowSha1: true, metadataUrl: expect.any(String) });
    const stated = (await patch(id, { saml: { ssoUrl: "https://new.acme.test/sso" } })).as(connection);
    expect(stated.saml).toMatchObject({ ssoUrl: "https://new.acme.test/sso", idpEntityId: idp.entityId });
    expect(stated.saml).not.toHaveProperty("metadataUrl");
    const unfollowed = await api.deps.database.prisma.event.findMany({
      where: { type: "connection.metadata_unfollowed", resourceId: id },
    });
    expect(unfollowed).toMatchObject([{ data: { metadataUrl: made.saml?.metadataUrl } }]);
  });

  it.each([
    ["ssoBinding", "post"],
    ["sloBinding", "post"],
    ["ssoBinding", "redirect"],
  ])("goes on following its metadata when %s is chosen by hand: %s", async (binding, value) => {
    const made = await serving({ status: 200, body: idp.metadata() }, async (metadataUrl) =>
      (await createSaml({ metadataUrl })).as(connection),
    );
    const { metadataUrl } = made.saml ?? {};
    const chosen = (await patch(made.id, { saml: { [binding]: value } })).as(connection);
    expect(chosen.saml).toMatchObject({ [binding]: value, metadataUrl });
    expect(chosen.saml?.metadata).toBeDefined();
    const otherwise = (await patch(made.id, { saml: { forceAuthn: true } })).as(connection);
    expect(otherwise.saml).toMatchObject({ [binding]: value, metadataUrl, forceAuthn: true });
  });

  it("leaves the binding to the metadata again once that is given anew", async () => {
    const body = idp.metadata();
    const made = await serving({ status: 200, body }, async (metadataUrl) =>
      (await createSaml({ metadataUrl })).as(connection),
    );
    await patch(made.id, { saml: { ssoBinding: "post" } });
    const anew = await serving({ status: 200, body }, async (metadataUrl) =>
      (await patch(made.id, { saml: { metadataUrl } })).as(connection),
    );
    expect(anew.saml).toMatchObject({ ssoBinding: "redirect" });
    expect(parseConnectionSettings("saml", await storedSettings(made.id))).not.toHaveProperty(
      "ssoBindingByHand",
    );
  });
});

describe("IdP-initiated sign-in", () => {
  const application = async (more: object = {}) => {
    const body = { name: "Portal", redirectUris: ["https://portal.example.com/callback"], ...more };
    return (await api.call("createApplication", { body })).as(createdApplication).id;
  };
  const saml = { metadataXml: idp.metadata() };

  it("is off, is allowed for an application that takes people in, and is taken back", async () => {
    const made = (await createSaml(saml)).as(connection);
    expect(made.saml?.idpInitiated).toBeNull();
    const applicationId = await application({ initiateLoginUri: "https://portal.example.com/start" });
    const allowed = await patch(made.id, { saml: { idpInitiated: { applicationId } } });
    expect(allowed.body).toMatchObject({ saml: { idpInitiated: { applicationId } } });
    const kept = await patch(made.id, { saml: { metadataXml: other.metadata() } });
    expect(kept.body).toMatchObject({
      saml: { idpInitiated: { applicationId }, idpEntityId: other.entityId },
    });
    expect((await patch(made.id, { saml: { idpInitiated: null } })).body).toMatchObject({
      saml: { idpInitiated: null },
    });
    const atOnce = await createSaml({ ...saml, idpInitiated: { applicationId } });
    expect(atOnce.body).toMatchObject({ saml: { idpInitiated: { applicationId } } });
  });

  it("is refused for an application that does not, and for none", async () => {
    const { id } = (await createSaml(saml)).as(connection);
    for (const [applicationId, outcome] of [
      [await application(), [409, "initiate_login_missing"]],
      [newId(), [400, "application_unknown"]],
      ["portal", [400, "input_invalid"]],
    ] as const) {
      const idpInitiated = { applicationId };
      for (const reply of [
        await patch(id, { saml: { idpInitiated } }),
        await createSaml({ ...saml, idpInitiated }),
      ]) {
        expect(reply.outcome).toEqual(outcome);
        expect(reply.body).toMatchObject({ errors: [{ field: "saml.idpInitiated.applicationId" }] });
      }
    }
    const shown = await api.call("getConnection", { params: { org: "acme", connectionId: id } });
    expect(shown.as(connection).saml?.idpInitiated).toBeNull();
  });
});

describe("an OpenID Connect connection", () => {
  it("is made without asking its issuer, and never shows its secret", async () => {
    const reply = await createOidc({ ...OIDC, issuer: "https://down.example.com/tenant" });
    const made = reply.as(connection);
    expect(made.oidc).toEqual({
      redirectUri: `https://sso.example.com/sso/oidc/${made.id}/callback`,
      jwksUri: `https://sso.example.com/sso/oidc/${made.id}/jwks`,
      signals: null,
      signalEventsUri: `https://sso.example.com/ssf/receivers/${made.id}/events`,
      postLogoutRedirectUri: `https://sso.example.com/sso/oidc/${made.id}/logged-out`,
      backchannelLogoutUri: `https://sso.example.com/sso/oidc/${made.id}/backchannel-logout`,
      frontchannelLogoutUri: `https://sso.example.com/sso/oidc/${made.id}/frontchannel-logout`,
      globalTokenRevocationUri: `https://sso.example.com/sso/oidc/${made.id}/global-token-revocation`,
      issuer: "https://down.example.com/tenant",
      clientId: OIDC.clientId,
      scopes: ["openid", "profile", "email"],
    });
    const shown = await api.call("getConnection", { params: { org: "acme", connectionId: made.id } });
    const events = await api.call("listAuditEvents", { params: { org: "acme" } });
    expect(JSON.stringify([reply.body, shown.body, events.body])).not.toContain(OIDC.clientSecret);
  });

  it("seals its secret for its own row", async () => {
    const { id } = (await createOidc(OIDC)).as(connection);
    const { clientSecret = "" } = parseConnectionSettings("oidc", await storedSettings(id));
    expect(clientSecret).not.toContain(OIDC.clientSecret);
    expect(api.deps.secrets.open(clientSecret, clientSecretContext(id))).toBe(OIDC.clientSecret);
    expect(() => api.deps.secrets.open(clientSecret, clientSecretContext(acme.connectionId))).toThrow();
  });

  it("changes what a patch names and keeps the rest", async () => {
    const { id } = (await createOidc(OIDC)).as(connection);
    const patched = await patch(id, { name: "New", oidc: { groupsClaim: "groups", clientSecret: "second" } });
    expect(patched.body).toMatchObject({
      name: "New",
      oidc: { clientId: OIDC.clientId, groupsClaim: "groups" },
    });
    const { clientSecret = "" } = parseConnectionSettings("oidc", await storedSettings(id));
    expect(api.deps.secrets.open(clientSecret, clientSecretContext(id))).toBe("second");
  });

  it("takes another issuer with its own secret only", async () => {
    const { id } = (await createOidc(OIDC)).as(connection);
    const secret = async () => {
      const { clientSecret = "" } = parseConnectionSettings("oidc", await storedSettings(id));
      return api.deps.secrets.open(clientSecret, clientSecretContext(id));
    };
    const refused = await patch(id, { name: "New", oidc: { issuer: `${OIDC.issuer}/` } });
    expect(refused.outcome).toEqual([400, "client_secret_required"]);
    expect(refused.body).toMatchObject({ errors: [{ field: "oidc.clientSecret" }] });
    const same = await patch(id, { oidc: { issuer: OIDC.issuer, clientId: "other" } });
    expect(same.body).toMatchObject({ oidc: { issuer: OIDC.issuer, clientId: "other" } });
    expect(same.as(connection).name).not.toBe("New");
    expect(await secret()).toBe(OIDC.clientSecret);
    const issuer = "https://other.example.com";
    const moved = await patch(id, { oidc: { issuer, clientSecret: "second" } });
    expect(moved.body).toMatchObject({ oidc: { issuer } });
    expect(await secret()).toBe("second");
  });

  it("needs no secret where it authenticates by its own key, and then one again", async () => {
    const { clientSecret: _, ...withoutSecret } = OIDC;
    const clientAuthentication = "private_key_jwt";
    const missing = await createOidc(withoutSecret);
    expect([missing.outcome, missing.body]).toEqual([
      [400, "input_invalid"],
      expect.objectContaining({ errors: [expect.objectContaining({ field: "oidc.clientSecret" })] }),
    ]);
    const reply = await createOidc({
      ...withoutSecret,
      clientAuthentication,
      pushAuthorizationRequests: true,
    });
    const { id, oidc } = reply.as(connection);
    expect(oidc).toMatchObject({ clientAuthentication, pushAuthorizationRequests: true });
    const back = await patch(id, { oidc: { clientAuthentication: "client_secret_post" } });
    expect(back.outcome).toEqual([400, "client_secret_required"]);
    const given = { clientAuthentication: "client_secret_post", clientSecret: "s" };
    expect((await patch(id, { oidc: given })).status).toBe(200);
  });

  it("leaves its secret behind where it goes to another issuer by its key", async () => {
    const { id } = (await createOidc(OIDC)).as(connection);
    const issuer = "https://other.example.com";
    expect((await patch(id, { oidc: { issuer, clientAuthentication: "private_key_jwt" } })).status).toBe(200);
    expect(await storedSettings(id)).not.toHaveProperty("clientSecret");
    const stolen = await patch(id, { oidc: { clientAuthentication: "client_secret_post" } });
    expect(stolen.outcome).toEqual([400, "client_secret_required"]);
  });

  it.each([
    ["a plain http issuer", { ...OIDC, issuer: "http://idp.example.com" }, "oidc.issuer"],
    ["an issuer with a query", { ...OIDC, issuer: "https://idp.example.com?x=1" }, "oidc.issuer"],
    ["credentials in the issuer", { ...OIDC, issuer: "https://a:b@idp.example.com" }, "oidc.issuer"],
    ["no client id", { ...OIDC, clientId: "" }, "oidc.clientId"],
    ["scopes without openid", { ...OIDC, scopes: ["email"] }, "oidc.scopes"],
    ["a scope with a space", { ...OIDC, scopes: ["openid", "a b"] }, "oidc.scopes.1"],
  ])("is refused with %s", async (_name, oidc, field) => {
    const reply = await createOidc(oidc);
    expect(reply.outcome).toEqual([400, "input_invalid"]);
    expect(reply.body).toMatchObject({ errors: [{ field }] });
  });

  it("takes plain http on localhost", async () => {
    expect((await createOidc({ ...OIDC, issuer: "http://localhost:8082/oidc" })).status).toBe(201);
  });
});

it.each([
  { type: "ldap", name: "x" },
  { name: "x" },
  { type: "saml", name: "x" },
  { type: "saml", name: "x", oidc: OIDC },
  { type: "oidc", name: "x", oidc: OIDC, saml: { metadataXml: "<x/>" } },
  { type: "oidc", name: "x", provider: "acme", oidc: OIDC },
])("refuses %j", async (body) => {
  expect((await create(body)).outcome).toEqual([400, "input_invalid"]);
});

it.each([["oidc", "saml"] as const, ["saml", "oidc"] as const])(
  "refuses, for a connection by %s, settings of %s",
  async (type, foreign) => {
    const body = type === "oidc" ? OIDC : { metadataXml: idp.metadata() };
    const made = (await create({ type, name: "x", [type]: body })).as(connection);
    const reply = await patch(made.id, { [foreign]: {} });
    expect(reply.outcome).toEqual([400, "connection_type_mismatch"]);
    expect(reply.body).toMatchObject({ errors: [{ field: foreign }] });
  },
);

describe("the sessions of a connection", () => {
  const liveSessions = async () => {
    const { body } = await api.call("listSessions", { params: { org: "acme" }, query: { live: "true" } });
    return (body as { items: { id: string }[] }).items.map((session) => session.id);
  };

  it("end when it is disabled, and no others", async () => {
    const { id } = (await createOidc(OIDC)).as(connection);
    const sessionId = await insertSession(api, { ...acme, connectionId: id });
    const logouts = api.logouts.count;
    expect(await liveSessions()).toEqual(expect.arrayContaining([sessionId, acme.sessionId]));
    expect((await patch(id, { status: "disabled" })).body).toMatchObject({ status: "disabled" });
    expect(await liveSessions()).toEqual([acme.sessionId]);
    expect(api.logouts.count).toBe(logouts + 1);
  });

  it("of a login that was under way while it was disabled do not come to life when it is enabled", async () => {
    const { id } = (await createOidc(OIDC)).as(connection);
    await patch(id, { status: "disabled" });
    const late = await insertSession(api, { ...acme, connectionId: id });
    await patch(id, { status: "active" });
    const shown = await api.call("getSession", { params: { org: "acme", sessionId: late } });
    expect(shown.body).toMatchObject({ live: false, revokedReason: "connection_disabled" });
    const next = await insertSession(api, { ...acme, connectionId: id });
    await patch(id, { status: "active", name: "Renamed" });
    expect(await liveSessions()).toContain(next);
  });

  it("end when it is deleted, and stay known, so that applications can be told", async () => {
    const { id } = (await createOidc(OIDC)).as(connection);
    const sessionId = await insertSession(api, { ...acme, connectionId: id });
    const logouts = api.logouts.count;
    const deleted = await api.call("deleteConnection", { params: { org: "acme", connectionId: id } });
    expect(deleted.status).toBe(204);
    expect(api.logouts.count).toBe(logouts + 1);
    const shown = await api.call("getSession", { params: { org: "acme", sessionId } });
    expect(shown.body).toMatchObject({ live: false, revokedReason: "connection_deleted" });
  });
});

it("does not overwrite what somebody else changed while it was fetching", async () => {
  const { id } = (await createSaml({ metadataXml: idp.metadata() })).as(connection);
  const { prisma } = api.deps.database;
  const server = express()
    .use(async (_req, res) => {
      await prisma.connection.updateMany({ where: { id }, data: { name: "Meanwhile" } });
      res.type("xml").send(other.metadata());
    })
    .listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const metadataUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const reply = await patch(id, { saml: { metadataUrl } });
  await new Promise((resolve) => server.close(resolve));
  expect(reply.outcome).toEqual([409, "changed_meanwhile"]);
});

describe("who uses a connection", () => {
  const expire = (id: string) =>
    api.deps.database.prisma.session.update({ where: { id }, data: { expiresAt: api.clock.now } });

  it("is counted: who ever did, and who is signed in now, each person once", async () => {
    const world = await createWorld(api, "used");
    const { organizationId, connectionId } = world;
    const params = { org: "used", connectionId };
    const { prisma } = api.deps.database;
    await prisma.session.deleteMany({ where: { organizationId } });
    const usage = async () => (await api.call("getConnectionUsage", { params })).as(connectionUsage);
    const lastLogin = async () => {
      const one = (await api.call("getConnection", { params })).as(connectionInUse);
      const all = (await api.call("listConnections", { params })).as(pageOf(connectionInUse)).items;
      expect(all.map(({ lastLoginAt }) => lastLoginAt)).toEqual([one.lastLoginAt]);
      return one.lastLoginAt;
    };
    expect([await usage(), await lastLogin()]).toEqual([{ people: 0, signedIn: 0, sessions: 0 }, null]);

    const other = await prisma.user.create({ data: { id: newId(), organizationId } });
    for (const userId of [world.userId, other.id]) {
      const identity = { organizationId, connectionId, userId, issuer: "idp", subject: userId };
      await prisma.identity.create({ data: { id: newId(), ...identity } });
    }
    await insertSession(api, world);
    await insertSession(api, world);
    await insertSession(api, { ...world, connectionId: newId() });
    const over = await insertSession(api, { ...world, userId: other.id });
    await expire(over);
    expect(await usage()).toEqual({ people: 2, signedIn: 1, sessions: 2 });
    const { createdAt } = await prisma.session.findUniqueOrThrow({ where: { id: over } });
    expect(await lastLogin()).toBe(createdAt.toISOString());
    await api.call("updateConnection", { params, body: { status: "disabled" } });
    expect(await usage()).toEqual({ people: 2, signedIn: 0, sessions: 0 });
  });
});
