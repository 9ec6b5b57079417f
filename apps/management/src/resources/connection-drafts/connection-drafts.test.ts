import { newId } from "@sallyport/database";
import { createEventReader } from "@sallyport/events/testing";
import { createTestIdp } from "@sallyport/saml/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startApi, type TestApi } from "../../testing/api.ts";
import { insertLoginRecord, OIDC, SAML } from "../../testing/world.ts";
import { connection } from "../connections/schema.ts";
import { createdSetupLink, setup } from "../setup-links/schema.ts";
import { createdTestLogin } from "../test-logins/schema.ts";

let api: TestApi;
let params: { org: string; connectionId: string };
const org = "acme";
const OTHER = { metadataXml: createTestIdp({ entityId: "https://other.example" }).metadata() };

beforeAll(async () => {
  api = await startApi();
  await api.call("createOrganization", { body: { slug: org, name: "Acme" } });
}, 60_000);
afterAll(() => api.close());
beforeEach(async () => {
  const body = { type: "saml", name: "IdP", saml: SAML };
  const { id } = (await api.call("createConnection", { params: { org }, body })).as(connection);
  params = { org, connectionId: id };
});

const call = (operationId: string, body?: unknown, key?: string) =>
  api.call(operationId, { params, body, ...(key === undefined ? {} : { key }) });
const save = (body: object, key?: string) => call("saveConnectionDraft", body, key);
const issuerInUse = async () => (await call("getConnection")).as(connection).saml?.idpEntityId;

/** A test of the draft, and the record of a login that it started. */
async function testDraft(outcome: "success" | "failure"): Promise<void> {
  const { id } = (await call("createDraftTestLogin")).as(createdTestLogin);
  const { prisma } = api.deps.database;
  const { organizationId } = await prisma.testLogin.findUniqueOrThrow({ where: { id } });
  const recordId = await insertLoginRecord(api, {
    organizationId,
    connectionId: params.connectionId,
    sessionId: null,
  });
  await prisma.loginRecord.update({ where: { id: recordId }, data: { outcome } });
  await prisma.testLogin.update({ where: { id }, data: { recordId } });
}

describe("a draft of a connection", () => {
  it("changes nothing before it is activated, and can be taken back after", async () => {
    const before = await issuerInUse();
    const saved = await save({ saml: OTHER });
    expect(saved.body).toMatchObject({
      tested: false,
      connection: { id: params.connectionId, saml: { idpEntityId: "https://other.example" } },
    });
    expect(await issuerInUse()).toBe(before);

    expect((await call("activateConnectionDraft", {})).outcome).toEqual([409, "connection_draft_untested"]);
    await testDraft("failure");
    expect((await call("activateConnectionDraft", {})).outcome).toEqual([409, "connection_draft_untested"]);
    await testDraft("success");
    expect((await call("getConnectionDraft")).body).toMatchObject({ tested: true });
    expect(await issuerInUse()).toBe(before);

    const reader = createEventReader(api.deps.database.sql);
    await reader.next();
    expect((await call("activateConnectionDraft", {})).status).toBe(200);
    expect(await issuerInUse()).toBe("https://other.example");
    expect(await reader.next()).toMatchObject([
      { type: "connection.updated", before: { issuer: before }, after: { issuer: "https://other.example" } },
      { type: "connection.draft_activated", data: { tested: true } },
    ]);
    expect((await call("getConnectionDraft")).outcome).toEqual([404, "connection_draft_not_found"]);
    expect((await call("getReplacedSettings")).body).toMatchObject({
      connection: { saml: { idpEntityId: before } },
    });

    expect((await call("revertConnection")).status).toBe(200);
    expect(await issuerInUse()).toBe(before);
    expect((await call("revertConnection")).status).toBe(200);
    expect(await issuerInUse()).toBe("https://other.example");
  });

  it("is made of the one before where that is asked for, and else of the connection's settings", async () => {
    await save({ saml: OTHER });
    const kept = await save({ basedOn: "draft", saml: { forceAuthn: true } });
    expect(kept.body).toMatchObject({
      tested: false,
      connection: { saml: { idpEntityId: "https://other.example", forceAuthn: true } },
    });
    const anew = await save({ saml: { allowSha1: true } });
    expect(anew.body).toMatchObject({
      connection: { saml: { idpEntityId: await issuerInUse(), forceAuthn: false, allowSha1: true } },
    });
    await call("discardConnectionDraft");
    const first = await save({ basedOn: "draft", saml: { forceAuthn: true } });
    expect(first.body).toMatchObject({ connection: { saml: { idpEntityId: await issuerInUse() } } });
  });

  it("that is saved anew has passed no test", async () => {
    await save({ saml: OTHER });
    await testDraft("success");
    await save({ saml: { ...OTHER, forceAuthn: true } });
    expect((await call("getConnectionDraft")).body).toMatchObject({ tested: false });
    expect((await call("activateConnectionDraft", {})).outcome).toEqual([409, "connection_draft_untested"]);
  });

  it("is activated untested by whoever has a key, and says so", async () => {
    await save({ saml: OTHER });
    const reader = createEventReader(api.deps.database.sql);
    await reader.next();
    expect((await call("activateConnectionDraft", { untested: true })).status).toBe(200);
    expect((await reader.next()).at(-1)).toMatchObject({
      type: "connection.draft_activated",
      data: { tested: false },
    });
  });

  it("is discarded", async () => {
    await save({ saml: OTHER });
    expect((await call("discardConnectionDraft")).status).toBe(204);
    expect((await call("discardConnectionDraft")).outcome).toEqual([404, "connection_draft_not_found"]);
    expect((await call("createDraftTestLogin")).outcome).toEqual([404, "connection_draft_not_found"]);
  });

  it("brings nothing back over settings that were changed since", async () => {
    await save({ saml: OTHER });
    await call("activateConnectionDraft", { untested: true });
    await call("updateConnection", { name: "Renamed" });
    expect((await call("getReplacedSettings")).status).toBe(200);
    await call("updateConnection", { saml: { forceAuthn: true } });
    expect((await call("revertConnection")).outcome).toEqual([404, "replaced_settings_not_found"]);
  });

  it("of OpenID Connect keeps its secret sealed, and needs another one for another issuer", async () => {
    const body = { type: "oidc", name: "OP", oidc: OIDC };
    const { id } = (await api.call("createConnection", { params: { org }, body })).as(connection);
    params = { org, connectionId: id };
    const other = { issuer: "https://other.example" };
    expect((await save({ oidc: other })).outcome).toEqual([400, "client_secret_required"]);
    const saved = await save({ oidc: { ...other, clientSecret: "another-secret" } });
    expect(JSON.stringify(saved.body)).not.toContain("secret");
    const { settings } = await api.deps.database.prisma.connectionVersion.findFirstOrThrow({
      where: { connectionId: id },
    });
    expect(JSON.stringify(settings)).not.toContain("another-secret");
    expect((await save({ saml: OTHER })).outcome).toEqual([400, "connection_type_mismatch"]);
  });
});

describe("whoever holds a setup link", () => {
  /** A link, and its connection. */
  async function ownConnection(status: "active" | "disabled"): Promise<string> {
    const link = (await api.call("createSetupLink", { params: { org }, body: { intents: ["sso"] } })).as(
      createdSetupLink,
    );
    const token = link.url.slice(`${api.deps.publicUrl}/setup/`.length);
    const { id } = (await api.call("getSetup", { key: token })).as(setup).connection;
    const body = { type: "saml", name: "IdP", saml: SAML };
    await api.call("createConnection", { params: { org }, body, key: token });
    params = { org, connectionId: id };
    await call("updateConnection", { status }, token);
    return token;
  }

  it("changes a connection that people sign in by through a tested draft alone", async () => {
    const token = await ownConnection("active");
    const refused = await call("updateConnection", { saml: OTHER }, token);
    expect(refused.outcome).toEqual([409, "connection_active"]);
    await save({ saml: OTHER }, token);
    expect((await call("activateConnectionDraft", { untested: true }, token)).outcome).toEqual([
      409,
      "connection_draft_untested",
    ]);
    await testDraft("success");
    expect((await call("activateConnectionDraft", {}, token)).status).toBe(200);
    expect(await issuerInUse()).toBe("https://other.example");
  });

  it("changes one that nobody signs in by at once", async () => {
    const token = await ownConnection("disabled");
    expect((await call("updateConnection", { saml: OTHER }, token)).status).toBe(200);
  });
});

it("there is none of a connection that there is not", async () => {
  params = { org, connectionId: newId() };
  expect((await call("getConnectionDraft")).outcome).toEqual([404, "connection_not_found"]);
});
