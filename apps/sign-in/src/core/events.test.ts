import { oidcRedirectUri } from "@sallyport/connections";
import type { RecordedEvent } from "@sallyport/events";
import { createEventReader, type EventReader } from "@sallyport/events/testing";
import { createTestIdp, type TestLogin } from "@sallyport/saml/testing";
import { createBrowser } from "@sallyport/testing-browser";
import { afterAll, beforeAll, expect, it } from "vitest";
import { answerSaml, loginBySaml, postSaml, startSaml } from "../testing/saml-login.ts";
import { createSignInFixture, type SignInFixture } from "../testing/sign-in-fixture.ts";
import { createUpstreamOp, type UpstreamOp } from "../testing/upstream-op.ts";

// Every kind of login leaves exactly the events that the catalogue has for it.

const idp = createTestIdp();
let fixture: SignInFixture;
let upstream: UpstreamOp;
let reader: EventReader;
let organizationId: string;
let saml: string;
let oidc: string;

beforeAll(async () => {
  fixture = await createSignInFixture();
  upstream = await createUpstreamOp();
  organizationId = await fixture.addOrganization("acme", ["acme.com"]);
  await fixture.addRole(organizationId, "editor", ["Editors"]);
  saml = await fixture.addSamlConnection(organizationId, idp);
  const { issuer, clientId, clientSecret } = upstream;
  oidc = await fixture.addOidcConnection(organizationId, { issuer, clientId, clientSecret });
  upstream.allow(oidcRedirectUri(fixture.publicUrl, oidc));
  reader = createEventReader(fixture.database.sql);
});
afterAll(async () => {
  await upstream.close();
  await fixture.close();
});

/** What was recorded, by its type; the order within one statement says nothing. */
async function recorded(): Promise<{ types: string[]; of: (type: string) => RecordedEvent | undefined }> {
  const events = await reader.next();
  for (const event of events) {
    expect(event).toMatchObject({ organizationId, requestId: expect.any(String) });
  }
  return {
    types: events.map(({ type }) => type).toSorted(),
    of: (type) => events.find((event) => event.type === type),
  };
}

async function bySaml(login: Partial<TestLogin>) {
  const { sessionId } = await loginBySaml(fixture, idp, saml, login);
  return { sessionId, ...(await recorded()) };
}

it("the first by SAML: person, identity, membership, roles, session", async () => {
  const attributes = { firstName: "Jo", groups: ["Editors"] };
  const { sessionId, types, of } = await bySaml({ nameId: "jo@acme.com", attributes });
  expect(types).toEqual([
    "identity.created",
    "membership.created",
    "role_binding.created",
    "role_binding.created",
    "session.created",
    "user.created",
  ]);
  const userId = of("user.created")?.resource.id;
  expect(of("user.created")).toMatchObject({ after: { email: "jo@acme.com", givenName: "Jo" } });
  expect(of("membership.created")).toMatchObject({ after: { userId, status: "active", source: "jit" } });
  expect(of("identity.created")).toMatchObject({
    after: { userId, connectionId: saml, issuer: idp.entityId },
  });
  expect(of("session.created")).toMatchObject({
    resource: { id: sessionId },
    actor: { type: "user", id: userId },
    after: { userId, connectionId: saml },
  });
});

it("the next one, about which nothing changes: a session", async () => {
  const attributes = { firstName: "Jo", groups: ["Editors"] };
  expect((await bySaml({ nameId: "jo@acme.com", attributes })).types).toEqual(["session.created"]);
});

it("one that brings another name and takes a group away: what changed", async () => {
  const { types, of } = await bySaml({
    nameId: "jo@acme.com",
    attributes: { firstName: "Joan", groups: [] },
  });
  expect(types).toEqual(["role_binding.deleted", "session.created", "user.updated"]);
  expect(of("user.updated")).toMatchObject({ before: { givenName: "Jo" }, after: { givenName: "Joan" } });
  expect(of("role_binding.deleted")).toMatchObject({ before: { role: "editor", source: "jit" } });
});

it("one that is refused: that alone, with its code", async () => {
  const browser = createBrowser();
  const request = await startSaml(fixture, browser, saml);
  const elsewhere = answerSaml(fixture, idp, request, { audience: "https://elsewhere.example" });
  expect((await postSaml(fixture, browser, request, elsewhere)).status).toBe(400);
  const { types, of } = await recorded();
  expect(types).toEqual(["sign_in.refused"]);
  const record = await fixture.database.prisma.loginRecord.findFirstOrThrow({
    where: { outcome: "failure" },
  });
  expect(of("sign_in.refused")).toMatchObject({
    resource: { type: "signIn", id: record.id },
    outcome: "denied",
    data: { connectionId: saml, code: record.errorCode },
  });
});

it("one of whom is suspended: refused, and no session", async () => {
  await fixture.database.prisma.membership.updateMany({ data: { status: "suspended" } });
  const { sessionId, types, of } = await bySaml({ nameId: "jo@acme.com" });
  expect([sessionId, types]).toEqual([null, ["sign_in.refused"]]);
  expect(of("sign_in.refused")).toMatchObject({ data: { code: "membership_suspended" } });
});

it("an answer to nothing: none, it is anybody's", async () => {
  const response = answerSaml(fixture, idp, { connectionId: saml, id: "_unknown" });
  await postSaml(fixture, createBrowser(), { connectionId: saml, relayState: "unknown" }, response);
  expect((await recorded()).types).toEqual([]);
});

it("the first by OIDC: the same kinds", async () => {
  upstream.person = { sub: "ann", claims: { email: "ann@acme.com", email_verified: true } };
  const browser = createBrowser();
  const callback = await upstream.authenticate(browser, await fixture.visit(browser, { connection: oidc }));
  await browser.get(callback);
  const { types, of } = await recorded();
  expect(types).toEqual([
    "identity.created",
    "membership.created",
    "role_binding.created",
    "session.created",
    "user.created",
  ]);
  expect(of("identity.created")).toMatchObject({ after: { connectionId: oidc, subject: "ann" } });
});

it("one with an address that somebody else only asserted: another person, and a conflict", async () => {
  upstream.person = { sub: "stranger", claims: { email: "ceo@acme.com", email_verified: false } };
  const browser = createBrowser();
  await browser.get(await upstream.authenticate(browser, await fixture.visit(browser, { connection: oidc })));
  const stranger = (await recorded()).of("user.created")?.resource.id;
  const { types, of } = await bySaml({ nameId: "ceo@acme.com" });
  expect(types.filter((type) => type.startsWith("conflict."))).toEqual(["conflict.created"]);
  const userId = of("user.created")?.resource.id;
  expect(of("conflict.created")).toMatchObject({ after: { userId, otherUserId: stranger } });
});
