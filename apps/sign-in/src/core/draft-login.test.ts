import { createTestLogin, findTestLogin, isDraftTested } from "@sallyport/login-records";
import { createTestIdp, type TestIdp } from "@sallyport/saml/testing";
import { createBrowser } from "@sallyport/testing-browser";
import { afterAll, beforeAll, expect, it } from "vitest";
import { answerSaml, postSaml, readSamlRequest } from "../testing/saml-login.ts";
import { createSignInFixture, type SignInFixture } from "../testing/sign-in-fixture.ts";

// A draft of a connection is tried out by its own settings, while the connection is as it was.

let fixture: SignInFixture;
let organizationId: string;
let connectionId: string;
const present = createTestIdp({ entityId: "https://present.example" });
const next = createTestIdp({ entityId: "https://next.example" });

beforeAll(async () => {
  fixture = await createSignInFixture();
  organizationId = await fixture.addOrganization("acme", ["acme.com"]);
  connectionId = await fixture.addSamlConnection(organizationId, present);
});
afterAll(() => fixture.close());

/** Saves a draft that is for another IdP, as the API does. */
async function saveDraft(idp: TestIdp, version: string): Promise<void> {
  const { prisma } = fixture.database;
  const { settings } = await prisma.connection.findUniqueOrThrow({ where: { id: connectionId } });
  const draft = {
    ...(settings as object),
    idpEntityId: idp.entityId,
    certificates: [idp.certificate],
  };
  const row = { organizationId, version, provider: "okta", settings: draft, createdAt: fixture.now() };
  await prisma.connectionVersion.upsert({
    where: { connectionId_kind: { connectionId, kind: "draft" } },
    create: { connectionId, kind: "draft", ...row },
    update: row,
  });
}

const FIRST = "018f0000-0000-7000-8000-000000000001";
const SECOND = "018f0000-0000-7000-8000-000000000002";
const key = () => ({ organizationId, connectionId });
const newTest = (version: string | null) =>
  createTestLogin(fixture.database.sql, key(), fixture.now(), version);

/** Opens the link of a test, and has an IdP answer. */
async function tryOut(token: string, idp: TestIdp, beforeAnswer = async () => {}) {
  const browser = createBrowser();
  const opened = await browser.get(`${fixture.publicUrl}/sign-in/test/${token}`);
  if (opened.status >= 400) {
    return opened;
  }
  const request = readSamlRequest(opened, connectionId);
  await beforeAnswer();
  return postSaml(fixture, browser, request, answerSaml(fixture, idp, request, {}));
}

it("is tested by its own settings, and the connection by those that it has", async () => {
  await saveDraft(next, FIRST);
  const [own, draft] = [await newTest(null), await newTest(FIRST)];
  expect((await tryOut(draft.token, present)).status).toBe(400);
  expect(await isDraftTested(fixture.database.sql, { ...key(), version: FIRST })).toBe(false);
  expect((await tryOut(draft.token, next)).body).toContain("Nobody was signed in");
  expect(await isDraftTested(fixture.database.sql, { ...key(), version: FIRST })).toBe(true);
  expect((await tryOut(own.token, present)).status).toBe(200);
  expect((await tryOut(own.token, next)).status).toBe(400);
});

it("another draft is untested, and the test of the one before tells nothing any more", async () => {
  await saveDraft(next, FIRST);
  const test = await newTest(FIRST);
  const changed = await tryOut(test.token, next, () => saveDraft(present, SECOND));
  expect(changed.status).toBe(400);
  expect(await findTestLogin(fixture.database.sql, { ...key(), id: test.id })).toMatchObject({
    outcome: "failure",
    identity: null,
  });
  expect(await isDraftTested(fixture.database.sql, { ...key(), version: SECOND })).toBe(false);
  expect((await tryOut(test.token, next)).status).toBe(400);
});
