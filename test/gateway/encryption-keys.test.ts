import { createTestDatabase, type TestDatabase } from "@sallyport/database/testing";
import { SEALED_PLACES } from "@sallyport/encryption-keys";
import { createSecretBox, newEncryptionKey, newToken } from "@sallyport/secrets";
import { decodeJwt } from "jose";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { addCompany, type Company, person, tokensOf, verify } from "../attacks/verify/victim.ts";
import { CALLBACK } from "../harness/application.ts";
import { startTestGateway, type TestGateway, type TestGatewayOptions } from "../harness/gateway.ts";
import { freePorts } from "../harness/process.ts";
import { type SamlSite, startSamlSite } from "../harness/saml-site.ts";
import { type ScriptedOp, startScriptedOp } from "../harness/scripted-op.ts";
import { addApp } from "../harness/signals.ts";
import { type ScriptedTransmitter, startTransmitter } from "../harness/transmitter.ts";

const [oldKey, newKey] = [newEncryptionKey(), newEncryptionKey()];
const [oldId] = createSecretBox([oldKey]).keyIds;
const [newId] = createSecretBox([newKey]).keyIds;
const ann = person("ann@acme.example.test");

const usage = z.object({
  items: z.array(z.object({ id: z.string(), use: z.string(), needed: z.number(), retirable: z.boolean() })),
});

let testDatabase: TestDatabase;
let site: SamlSite;
let acme: Company;
let op: ScriptedOp;
let transmitter: ScriptedTransmitter;
let running: TestGateway[];
let env: Record<string, string>;

/** Organizations with something sealed at every place, on a gateway that knows the old key alone. */
beforeEach(async () => {
  testDatabase = await createTestDatabase();
  env = {
    RATE_LIMITS: "off",
    SALLYPORT_ROOT_KEY: newToken("sp_root"),
    PORT: String(await freePorts()),
  };
  op = await startScriptedOp();
  op.discovery = { end_session_endpoint: `${op.issuer}/logout` };
  site = await startSamlSite(undefined, { testDatabase, env: { ...env, SALLYPORT_ENCRYPTION_KEYS: oldKey } });
  running = [site.gateway];
  acme = await addCompany(site, "acme", { signRequests: true });
  await site.gateway.api("POST", "/organizations", { slug: "bravo", name: "Bravo" });
  const oidc = { issuer: op.issuer, clientId: "gateway", clientSecret: "hunter2" };
  const body = { type: "oidc", name: "OIDC", oidc };
  const { status, body: made } = await site.gateway.api("POST", "/organizations/bravo/connections", body);
  expect(status).toBe(201);
  const connection = `/organizations/bravo/connections/${z.object({ id: z.string() }).parse(made).id}`;
  await replaceSettings(connection);
  transmitter = await startTransmitter();
  await makeIdpStream(connection);
  await signInAtOp();
  await addReceivers();
});
afterEach(async () => {
  await Promise.all([op.close(), transmitter.close()]);
  await Promise.all(running.map((gateway) => gateway.stop()));
  await site.stop();
  await testDatabase.drop();
});

/** Has the gateway make a stream at the transmitter of a connection, which it needs a credential for. */
async function makeIdpStream(connection: string): Promise<void> {
  const { issuer, accessToken } = transmitter;
  const named = await site.gateway.api("PATCH", connection, { oidc: { signals: { issuer } } });
  const made = await site.gateway.api("PUT", `${connection}/signals/stream`, { mode: "poll", accessToken });
  expect([named.status, made.status]).toEqual([200, 200]);
}

/** Has a connection keep the settings that a draft replaced, and a draft beside them. */
async function replaceSettings(connection: string): Promise<void> {
  for (const [method, path, body] of [
    ["PUT", "/draft", { oidc: { clientSecret: "hunter3" } }],
    ["POST", "/draft/activate", { untested: true }],
    ["PUT", "/draft", { oidc: { clientSecret: "hunter2" } }],
  ] as const) {
    const { status } = await site.gateway.api(method, `${connection}${path}`, body);
    expect([path, status]).toEqual([path, 200]);
  }
}

/** Whom events are told, each with a secret of its own. */
async function addReceivers(): Promise<void> {
  const { gateway } = site;
  const hook = await gateway.api("POST", "/webhook-endpoints", { url: "https://hooks.example.test" });
  const { id } = z.object({ id: z.string() }).parse(hook.body);
  const rotated = await gateway.api("POST", `/webhook-endpoints/${id}/rotate-secret`, {});
  const destination = { type: "http", url: "https://siem.example.test" };
  const stream = { name: "SIEM", destination, secret: "Bearer abc" };
  const streamed = await gateway.api("POST", "/audit-streams", stream);
  expect([rotated.status, streamed.status]).toEqual([200, 201]);
  const delivery = {
    ...{ method: "urn:ietf:rfc:8935", endpoint_url: "https://signals.example.test" },
    authorization_header: "Bearer abc",
  };
  await (await addApp(gateway, "Signals")).createStream({ delivery });
}

/** Whose ID token is kept for the logout at the IdP. */
async function signInAtOp(): Promise<void> {
  const browser = site.newBrowser();
  const start = site.application.startUrl({ organization: "bravo" });
  let page = await browser.get(start.url);
  while (page.location !== "" && !page.location.startsWith(CALLBACK)) {
    page = await browser.get(page.location);
  }
  expect(new URL(page.location).searchParams.has("code")).toBe(true);
}

/** Ends the gateway and starts it anew, at the same address, with another ring. */
async function restart(ring: string[], options: Pick<TestGatewayOptions, "roles"> = {}) {
  for (const gateway of running.splice(0)) {
    await gateway.stop();
  }
  const SALLYPORT_ENCRYPTION_KEYS = ring.join(",");
  const gateway = await startTestGateway({
    ...options,
    testDatabase,
    env: { ...env, SALLYPORT_ENCRYPTION_KEYS },
  });
  running.push(gateway);
  return gateway;
}

const keysOf = async (gateway: TestGateway) =>
  usage.parse((await gateway.api("GET", "/encryption-keys")).body).items;

const readiness = async () => {
  const answer = await fetch(`${site.gateway.url}/readyz`);
  return [answer.status, await answer.json()] as const;
};

/** Every column, of every table, that holds something sealed. */
async function sealedColumns(): Promise<string[]> {
  const { sql } = testDatabase.database;
  const { rows } = await sql.query<{ table_name: string; column_name: string }>(
    `SELECT table_name, column_name FROM information_schema.columns
     WHERE table_schema = 'public' AND data_type IN ('text', 'json', 'jsonb', 'ARRAY', 'character varying')`,
  );
  const found = await Promise.all(
    rows.map(async ({ table_name: table, column_name: column }) => {
      const hit = await sql.query(
        `SELECT 1 FROM "${table}" WHERE "${column}"::text ~ 's1\\.[0-9a-f]{8}\\.[\\w-]{40,}\\.[\\w-]{20,}' LIMIT 1`,
      );
      return hit.rows.length > 0 ? [`${table}.${column}`] : [];
    }),
  );
  return found.flat().toSorted();
}

/** The columns of the places that are sealed anew. A draft and the settings that one replaced are rows of one. */
function sealedPlaces(): string[] {
  const columns = Object.keys(SEALED_PLACES).map((place) =>
    place.startsWith("connection_versions.")
      ? "connection_versions.settings"
      : place.split(".").slice(0, 2).join("."),
  );
  return [...new Set(columns)].toSorted();
}

describe("an encryption key", () => {
  it("is retired: what it sealed is sealed anew, and a restart without it loses nothing", async () => {
    const browser = site.newBrowser();
    const tokens = await tokensOf(site, acme, ann, { browser });
    const underWay = site.newBrowser();
    const departure = await acme.tenant.leave(underWay);
    expect(await keysOf(site.gateway)).toMatchObject([{ id: oldId, use: "current", retirable: false }]);
    expect(await sealedColumns()).toEqual(sealedPlaces()); // none that nobody would seal anew

    const both = await restart([newKey, oldKey]);
    await expect
      .poll(() => keysOf(both), { timeout: 30_000 })
      .toMatchObject([
        { id: newId, use: "current", retirable: false },
        { id: oldId, use: "older", needed: 0, retirable: true },
      ]);
    const { rows } = await testDatabase.database.sql.query(
      "SELECT resource_id, data FROM events WHERE type = 'encryption_key.resealed'",
    );
    expect(rows[0]).toMatchObject({
      resource_id: newId,
      data: { values: { "signing_keys.private_jwk": 2 } },
    });

    const alone = await restart([newKey]);
    expect(await readiness()).toEqual([200, expect.objectContaining({ status: "ready" })]);
    expect(await keysOf(alone)).toMatchObject([{ id: newId, use: "current" }]);
    const audience = `?audience=${site.application.clientId}`;
    expect((await verify(site, tokens.accessToken, audience)).status).toBe(200);
    const again = await tokensOf(site, acme, ann, { browser }); // the cookie's key is the same
    expect(decodeJwt(again.accessToken).sid).toBe(decodeJwt(tokens.accessToken).sid);
    await tokensOf(site, acme, ann); // a signed request, of the connection's own key
    const SAMLResponse = acme.idp.signResponse({
      audience: acme.tenant.spEntityId,
      acsUrl: acme.tenant.acsUrl,
      inResponseTo: departure.id,
      ...ann,
    });
    const page = await acme.tenant.post(underWay, { SAMLResponse, RelayState: departure.relayState });
    expect(await acme.tenant.arrive(underWay, departure, page)).toMatchObject({ org_slug: "acme" });
    expect(alone.logLines.filter((line) => /"level":"?(error|fatal|50|60)/.test(line))).toEqual([]);
  });

  it("that is missing is named with what needs it, and closes nothing that can do without", async () => {
    const { accessToken } = await tokensOf(site, acme, ann);
    const gateway = await restart([newKey]);
    const told = gateway.logLines.find((line) => line.includes("SALLYPORT_ENCRYPTION_KEYS lacks"));
    expect(told).toContain(`key ${oldId} is not in it`);
    expect(told).toContain("1 x client secret of a connection");
    expect(told).toContain("2 x signing key of tokens");
    expect(await keysOf(gateway)).toMatchObject([
      { id: newId, use: "current" },
      { id: oldId, use: "missing", retirable: false },
    ]);

    // Sign-in needs it; the management API and SCIM do not.
    const closed = await fetch(`${gateway.url}/oauth2/authorize`);
    expect([closed.status, await closed.json()]).toEqual([
      503,
      expect.objectContaining({ code: "encryption_key_missing" }),
    ]);
    expect(await readiness()).toEqual([
      503,
      expect.objectContaining({ checks: expect.objectContaining({ signIn: expect.any(String) }) }),
    ]);
    const made = await gateway.api("POST", "/organizations/acme/directories", { name: "Directory" });
    const { baseUrl, token } = made.body as { baseUrl: string; token: string };
    const scim = await fetch(`${baseUrl}/Users`, { headers: { authorization: `Bearer ${token}` } });
    expect(scim.status).toBe(200);

    // Nothing was changed for good: the key put back, all is as it was.
    await restart([newKey, oldKey]);
    expect((await verify(site, accessToken, `?audience=${site.application.clientId}`)).status).toBe(200);
  });

  it("that is missing ends the start of a process that only signs people in, with the same words", async () => {
    await tokensOf(site, acme, ann);
    await expect(restart([newKey], { roles: ["broker"] })).rejects.toThrow(
      new RegExp(`SALLYPORT_ENCRYPTION_KEYS lacks what is in use: key ${oldId} .+ at the end of the ring`),
    );
    const scim = await restart([newKey], { roles: ["scim"] });
    expect((await readiness())[0]).toBe(200);
    await scim.stop();
  });
});
