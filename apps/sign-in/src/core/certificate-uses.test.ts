import { readCertificate } from "@sallyport/saml";
import { createTestIdp } from "@sallyport/saml/testing";
import { createBrowser } from "@sallyport/testing-browser";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { answerSaml, loginBySaml, postSaml, startSaml } from "../testing/saml-login.ts";
import { createSignInFixture, type SignInFixture } from "../testing/sign-in-fixture.ts";

const HOUR = 3_600_000;

const idp = createTestIdp();
const next = createTestIdp();
let fixture: SignInFixture;
let organizationId: string;
let connectionId: string;
beforeAll(async () => {
  fixture = await createSignInFixture();
  organizationId = await fixture.addOrganization("acme", ["acme.com"]);
});
afterAll(() => fixture.close());
beforeEach(async () => {
  const settings = { certificates: [idp.certificate, next.certificate] };
  connectionId = await fixture.addSamlConnection(organizationId, idp, { settings });
});

const login = async (nameId = "jo@acme.com", by = idp) => {
  const { sessionId } = await loginBySaml(fixture, by, connectionId, { nameId });
  expect(sessionId).not.toBe(null);
};

/** What is noted, with the row's version: a lock alone would change that, too. */
async function uses() {
  const { rows } = await fixture.database.sql.query<{
    fingerprint: string;
    at: Date;
    version: string;
  }>(
    `SELECT fingerprint, last_validated_at AS at, concat(xmin, ' ', xmax) AS version FROM certificate_uses
     WHERE connection_id = $1 AND organization_id = $2 ORDER BY last_validated_at`,
    [connectionId, organizationId],
  );
  return rows;
}

const fingerprintOf = (pem: string) => {
  const result = readCertificate(pem);
  return result.ok ? result.certificate.fingerprint : "";
};

it("notes of each certificate that it verified a login", async () => {
  await login();
  await login("jo@acme.com", next);
  expect((await uses()).map(({ fingerprint }) => fingerprint)).toEqual([
    fingerprintOf(idp.certificate),
    fingerprintOf(next.certificate),
  ]);
});

it("touches the row once a day, whoever signs in", async () => {
  await login();
  const first = await uses();
  await login();
  await login("ann@acme.com");
  expect(await uses()).toEqual(first);
  fixture.advance(25 * HOUR);
  await login();
  const [second] = await uses();
  expect((second?.at.getTime() ?? 0) - (first[0]?.at.getTime() ?? 0)).toBeGreaterThanOrEqual(25 * HOUR);
});

it("notes nothing of a login that was refused", async () => {
  const browser = createBrowser();
  const request = await startSaml(fixture, browser, connectionId);
  const audience = "https://somebody.else.test";
  await postSaml(fixture, browser, request, answerSaml(fixture, idp, request, { audience }));
  expect(await uses()).toEqual([]);
});

it("lets all of many logins in at once, and one of them notes it", async () => {
  await Promise.all(Array.from({ length: 20 }, (_, n) => login(`person${n}@acme.com`)));
  fixture.advance(25 * HOUR);
  await Promise.all(Array.from({ length: 20 }, (_, n) => login(`person${n % 10}@acme.com`)));
  expect(await uses()).toHaveLength(1);
});

it("waits neither for another login that notes it, nor for whoever deletes the connection", async () => {
  for (const held of [
    "SELECT pg_advisory_xact_lock(hashtextextended('certificate:' || $1::text || $2::text, 0))",
    "SELECT 1 FROM connections WHERE id = $1::uuid AND $2::text IS NOT NULL FOR UPDATE",
  ]) {
    const browser = createBrowser();
    const request = await startSaml(fixture, browser, connectionId);
    await fixture.database.transaction(async (sql) => {
      await sql.query(held, [connectionId, fingerprintOf(idp.certificate)]);
      const visit = await postSaml(fixture, browser, request, answerSaml(fixture, idp, request));
      expect(visit.status).toBe(303);
    });
    expect(await uses()).toEqual([]);
  }
  await login();
  expect(await uses()).toHaveLength(1);
});
