import { samlServiceProvider } from "@sallyport/connections";
import { activateKey, beginRotation, makeKeyPair, retireKey } from "@sallyport/connections/keys";
import { openRedirectMessage } from "@sallyport/saml";
import { createTestIdp } from "@sallyport/saml/testing";
import { createBrowser } from "@sallyport/testing-browser";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { answerSaml, postSaml, readSamlRequest } from "../../testing/saml-login.ts";
import { createSignInFixture, type SignInFixture } from "../../testing/sign-in-fixture.ts";

const idp = createTestIdp();
let fixture: SignInFixture;
let organizationId: string;
let connectionId: string;

beforeAll(async () => {
  fixture = await createSignInFixture();
  organizationId = await fixture.addOrganization("acme", ["acme.com"]);
});
afterAll(() => fixture.close());
beforeEach(async () => {
  connectionId = await fixture.addSamlConnection(organizationId, idp, { settings: { signRequests: true } });
});

const owner = () => ({ id: connectionId, organizationId });

/** What the metadata lists, in its order. */
async function published(): Promise<{ signing: string[]; encryption: string[] }> {
  const response = await fetch(samlServiceProvider(fixture.publicUrl, connectionId).metadataUrl);
  const metadata = await response.text();
  const of = (use: string) =>
    [
      ...metadata.matchAll(new RegExp(`<KeyDescriptor use="${use}">[\\s\\S]*?X509Certificate>([^<]+)<`, "g")),
    ].map(([, base64]) => `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----`);
  return { signing: of("signing"), encryption: of("encryption") };
}

/** The steps of a rotation, as the management API takes them. */
const begin = () =>
  fixture.database.transaction(async (sql) => {
    const pair = await makeKeyPair(connectionId, fixture.now());
    return accept(await beginRotation(sql, fixture.secrets, owner(), pair, fixture.now())).id;
  });
const activate = (id: string) =>
  fixture.database.transaction(async (sql) => accept(await activateKey(sql, owner(), id, { force: false })));
const retire = (id: string) =>
  fixture.database.transaction(async (sql) => accept(await retireKey(sql, owner(), id, fixture.now())));

function accept<Result extends { ok: boolean }>(result: Result): Extract<Result, { ok: true }> {
  if (!result.ok) {
    throw new Error(JSON.stringify(result));
  }
  return result as Extract<Result, { ok: true }>;
}

async function keyId(): Promise<string> {
  const { id } = await fixture.database.prisma.connectionKey.findFirstOrThrow({
    where: { connectionId, signs: true },
  });
  return id;
}

/** Two keys, both of which the IdP may know. */
async function rotating() {
  const [old = ""] = (await published()).signing;
  const oldId = await keyId();
  const newId = await begin();
  const [fresh = ""] = (await published()).encryption;
  return { old, oldId, fresh, newId };
}

/** Whether an IdP that knows this certificate alone takes our request. */
async function isVerifiedBy(certificate: string): Promise<boolean> {
  const { location } = await fixture.visit(createBrowser(), { connection: connectionId });
  const query = new URL(location).search.slice(1);
  return openRedirectMessage(query, { certificates: [certificate] }).ok;
}

/** A login whose assertion is encrypted for this certificate; the session, or the status of the page. */
async function loginEncryptedFor(recipient: string) {
  const browser = createBrowser();
  const visit = await fixture.visit(browser, { connection: connectionId });
  const request = readSamlRequest(visit, connectionId);
  const answer = answerSaml(fixture, idp, request, { encryptFor: { recipient } });
  const page = await postSaml(fixture, browser, request, answer);
  return page.location.includes("session=") ? "signed in" : page.status;
}

const lastRecord = () =>
  fixture.database.prisma.loginRecord.findFirstOrThrow({ where: { connectionId }, orderBy: { id: "desc" } });

describe("while two keys live", () => {
  it("the metadata lists both to verify by, first the one that signs, and the newest alone to encrypt for", async () => {
    const { old, fresh, newId } = await rotating();
    expect(old).not.toBe(fresh);
    expect(await published()).toEqual({ signing: [old, fresh], encryption: [fresh] });
    await activate(newId);
    expect(await published()).toEqual({ signing: [fresh, old], encryption: [fresh] });
  });

  it("requests are signed by the old one until the operator switches over, and again after going back", async () => {
    const { old, oldId, fresh, newId } = await rotating();
    const verifiers = async () => [await isVerifiedBy(old), await isVerifiedBy(fresh)];
    expect(await verifiers()).toEqual([true, false]);
    await activate(newId);
    expect(await verifiers()).toEqual([false, true]);
    await activate(oldId);
    expect(await verifiers()).toEqual([true, false]);
  });

  it("nobody has read the metadata by asking for its head", async () => {
    const { metadataUrl } = samlServiceProvider(fixture.publicUrl, connectionId);
    const unread = () =>
      fixture.database.prisma.connectionKey.count({ where: { connectionId, metadataReadAt: null } });
    expect((await fetch(metadataUrl, { method: "HEAD" })).status).toBe(200);
    expect(await unread()).toBe(1);
    expect((await fetch(metadataUrl)).status).toBe(200);
    expect(await unread()).toBe(0);
  });

  it("an assertion may be encrypted for either, and the login record says for which", async () => {
    const { old, oldId, fresh, newId } = await rotating();
    for (const [certificate, id] of [
      [old, oldId],
      [fresh, newId],
    ] as const) {
      expect(await loginEncryptedFor(certificate)).toBe("signed in");
      expect(JSON.stringify((await lastRecord()).steps)).toContain(`"keyId":"${id}"`);
    }
  });

  it("a login that began before the switch ends after it", async () => {
    const { old, newId } = await rotating();
    const browser = createBrowser();
    const request = readSamlRequest(await fixture.visit(browser, { connection: connectionId }), connectionId);
    await activate(newId);
    const answer = answerSaml(fixture, idp, request, { encryptFor: { recipient: old } });
    expect((await postSaml(fixture, browser, request, answer)).location).toContain("session=");
  });
});

it("leaves a retired key to nobody: it is in no metadata, signs nothing and decrypts nothing", async () => {
  const { old, oldId, fresh, newId } = await rotating();
  await activate(newId);
  await retire(oldId);
  expect(await published()).toEqual({ signing: [fresh], encryption: [fresh] });
  expect(await isVerifiedBy(old)).toBe(false);
  expect(await loginEncryptedFor(old)).toBe(400);
  expect(await lastRecord()).toMatchObject({ errorCode: "decryption_failed" });
  expect(await loginEncryptedFor(fresh)).toBe("signed in");
});

it("has the database itself refuse a second key that signs, and a retired one that is not wiped", async () => {
  const { oldId, newId } = await rotating();
  const { sql } = fixture.database;
  const set = (change: string, id: string) =>
    sql.query(`UPDATE connection_keys SET ${change} WHERE id = $1`, [id]);
  await expect(set("signs = true", newId)).rejects.toThrow("connection_keys_signing");
  await expect(set("retired_at = now()", newId)).rejects.toThrow("connection_keys_retired_wiped");
  await expect(set("private_key = NULL", oldId)).rejects.toThrow("connection_keys_live_whole");
});
