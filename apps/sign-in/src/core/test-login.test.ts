import { createTestLogin, findTestLogin } from "@sallyport/login-records";
import { createTestIdp } from "@sallyport/saml/testing";
import { type Browser, createBrowser } from "@sallyport/testing-browser";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { answerSaml, postSaml, readSamlRequest } from "../testing/saml-login.ts";
import { createSignInFixture, type SignInFixture } from "../testing/sign-in-fixture.ts";

let fixture: SignInFixture;
let organizationId: string;
let connectionId: string;
let browser: Browser;
const idp = createTestIdp();

beforeAll(async () => {
  fixture = await createSignInFixture();
  organizationId = await fixture.addOrganization("acme", ["acme.com"]);
  connectionId = await fixture.addSamlConnection(organizationId, idp);
  await fixture.database.prisma.connection.update({
    where: { id: connectionId },
    data: { status: "disabled" },
  });
});
afterAll(() => fixture.close());
beforeEach(() => {
  browser = createBrowser();
});

const newTest = () => createTestLogin(fixture.database.sql, { organizationId, connectionId }, fixture.now());
const open = (token: string) => browser.get(`${fixture.publicUrl}/sign-in/test/${token}`);
const resultOf = (id: string) => findTestLogin(fixture.database.sql, { organizationId, connectionId, id });

/** What a login leaves behind. */
async function signedIn() {
  const { prisma } = fixture.database;
  return {
    users: await prisma.user.count(),
    identities: await prisma.identity.count(),
    sessions: await prisma.session.count(),
    memberships: await prisma.membership.count(),
  };
}

it("tries a connection that is not active, and signs nobody in", async () => {
  const { id, token } = await newTest();
  expect(await resultOf(id)).toMatchObject({ outcome: "waiting", recordId: null, steps: [], identity: null });

  const request = readSamlRequest(await open(token), connectionId);
  expect(await resultOf(id)).toMatchObject({ outcome: "started", identity: null });
  const attributes = { email: "ann@acme.com", groups: ["Engineering"] };
  const done = await postSaml(fixture, browser, request, answerSaml(fixture, idp, request, { attributes }));
  expect(done.status).toBe(200);
  expect(done.body).toContain("Nobody was signed in");

  const result = await resultOf(id);
  expect(result).toMatchObject({
    outcome: "success",
    identity: { issuer: idp.entityId, email: "ann@acme.com", groups: ["Engineering"] },
  });
  expect(result?.steps.map((step) => step.name)).toEqual([
    "started",
    "redirected",
    "response_received",
    "validated",
    "normalized",
    "tested",
  ]);
  expect(await signedIn()).toEqual({ users: 0, identities: 0, sessions: 0, memberships: 0 });
});

it("tells why a connection would refuse, and may be tried again by the same link", async () => {
  const { id, token } = await newTest();
  const first = readSamlRequest(await open(token), connectionId);
  const wrong = answerSaml(fixture, idp, first, { audience: "https://elsewhere.example" });
  expect((await postSaml(fixture, browser, first, wrong)).status).toBe(400);
  expect(await resultOf(id)).toMatchObject({ outcome: "failure", identity: null });
  expect((await resultOf(id))?.steps.at(-1)).toMatchObject({
    name: "failed",
    detail: { code: "audience_mismatch" },
  });

  const second = readSamlRequest(await open(token), connectionId);
  await postSaml(fixture, browser, second, answerSaml(fixture, idp, second));
  expect(await resultOf(id)).toMatchObject({ outcome: "success" });
});

it("answers a response that is posted twice as the first time", async () => {
  const { token } = await newTest();
  const request = readSamlRequest(await open(token), connectionId);
  const response = answerSaml(fixture, idp, request);
  for (const page of [1, 2].map(() => postSaml(fixture, browser, request, response))) {
    expect(await page).toMatchObject({ status: 200, body: expect.stringContaining("Nobody was signed in") });
  }
});

it("is over with the browser that started it: another one's response counts for nothing", async () => {
  const { id, token } = await newTest();
  const request = readSamlRequest(await open(token), connectionId);
  const stranger = createBrowser();
  stranger.cookies.hold(fixture.publicUrl, "sallyport-browser", `browser_${"A".repeat(43)}`);
  expect((await postSaml(fixture, stranger, request, answerSaml(fixture, idp, request))).status).toBe(403);
  expect(await resultOf(id)).toMatchObject({ outcome: "started" });
});

it("starts by GET alone, and only as long as its link lives", async () => {
  const { id, token } = await newTest();
  const url = `${fixture.publicUrl}/sign-in/test/${token}`;
  for (const method of ["HEAD", "POST"]) {
    expect((await fetch(url, { method })).status).toBe(405);
  }
  expect((await open(`test_${"A".repeat(43)}`)).status).toBe(400);
  expect((await open("anything")).status).toBe(400);
  expect(await resultOf(id)).toMatchObject({ outcome: "waiting" });

  fixture.advance(24 * 60 * 60 * 1000);
  expect((await open(token)).status).toBe(400);
});
