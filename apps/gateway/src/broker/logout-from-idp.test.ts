import type { SamlSettings } from "@sallyport/connections";
import { defined } from "@sallyport/defined";
import { openPostedMessage, openRedirectMessage } from "@sallyport/saml";
import { createTestIdp, type TestLogoutMessage } from "@sallyport/saml/testing";
import { createBrowser, type Page } from "@sallyport/testing-browser";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createLogoutFixture, type LogoutFixture } from "./testing/logout-fixture.ts";

const idp = createTestIdp();
const SLO = "https://idp.example.test/slo";
let fixture: LogoutFixture;
let organizationId: string;
let connectionId: string;

beforeAll(async () => {
  fixture = await createLogoutFixture();
  organizationId = await fixture.addOrganization("acme", ["acme.com"]);
  connectionId = await connect({ sloUrl: SLO });
});
afterAll(() => fixture.close());

const connect = (settings: Partial<SamlSettings>) =>
  fixture.addSamlConnection(organizationId, idp, { settings });

/** A browser of anybody's brings the message: the IdP's frames have no cookies of ours. */
const BINDINGS: Record<
  string,
  (message: TestLogoutMessage, id: string, relayState?: string) => Promise<Page>
> = {
  redirect: (message, id, relayState) =>
    createBrowser().get(`${fixture.sloUrl(id)}?${message.query(relayState)}`),
  post: (message, id, RelayState) =>
    createBrowser().post(fixture.sloUrl(id), {
      SAMLRequest: message.formValue(),
      ...defined({ RelayState }),
    }),
};

/** The certificate in our metadata, PEM. */
async function publishedCertificate(id: string): Promise<string> {
  const metadata = await (await fetch(fixture.sloUrl(id).replace(/slo$/, "metadata"))).text();
  const base64 = /<[\w:]*X509Certificate>([^<]+)</.exec(metadata)?.[1]?.replace(/\s/g, "") ?? "";
  return `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----`;
}

const isLive = async (sessionId: string) => (await fixture.session(sessionId)).revokedAt === null;
const login = (nameId: string, sessionIndex?: string) =>
  fixture.signIn(idp, connectionId, { nameId, ...defined({ sessionIndex }) });

describe.each(Object.entries(BINDINGS))("a logout request of the IdP over HTTP-%s", (binding, bring) => {
  const nameId = `jo-${binding}@acme.com`;

  it("ends the session, has the applications told, and is answered with a signed Success", async () => {
    const { sessionId } = await login(nameId, "_index");
    const told = fixture.logoutsRequested();
    const request = fixture.logoutOf(idp, connectionId, { nameId, sessionIndexes: ["_index"] });
    const relayState = "it's (mine)*! & ü";
    const answer = await bring(request, connectionId, relayState);

    expect(answer.status).toBe(303);
    expect(answer.location.startsWith(`${SLO}?`)).toBe(true);
    const certificates = [await publishedCertificate(connectionId)];
    const message = openRedirectMessage(new URL(answer.location).search, { certificates });
    expect(message).toMatchObject({ ok: true, kind: "SAMLResponse", relayState });
    expect(message.ok && message.xml).toContain(`InResponseTo="${request.id}"`);
    expect(message.ok && message.xml).toContain(`Destination="${SLO}"`);
    expect(message.ok && message.xml).toContain("status:Success");

    expect(await fixture.session(sessionId)).toMatchObject({ revokedReason: "idp_logout" });
    expect(fixture.logoutsRequested()).toBe(told + 1);
    const pending = await fixture.database.prisma.logoutNotice.findMany({ where: { sessionId } });
    expect(pending.map((row) => row.dueAt)).toEqual([expect.any(Date)]);
    const requested = await fixture.database.prisma.event.findFirstOrThrow({
      where: { type: "connection.logout_requested", resourceId: connectionId },
      orderBy: { id: "desc" },
    });
    expect(requested).toMatchObject({ organizationId, data: { sessionIds: [sessionId] } });
    const revoked = { type: "session.revoked", resourceId: sessionId, requestId: requested.requestId };
    expect(await fixture.database.prisma.event.count({ where: revoked })).toBe(1);
  });

  it("ends the sessions that it names and no others", async () => {
    const [first, second, other] = [
      await login(nameId, "_1"),
      await login(nameId, "_2"),
      await login(`else-${nameId}`, "_1"),
    ];
    const live = () => Promise.all([first, second, other].map(({ sessionId }) => isLive(sessionId)));
    await bring(fixture.logoutOf(idp, connectionId, { nameId, sessionIndexes: ["_2", "_3"] }), connectionId);
    expect(await live()).toEqual([true, false, true]);
    await bring(fixture.logoutOf(idp, connectionId, { nameId: nameId.toUpperCase() }), connectionId);
    expect(await live()).toEqual([true, false, true]);
    await bring(fixture.logoutOf(idp, connectionId, { nameId }), connectionId);
    expect(await live()).toEqual([false, false, true]);
  });

  it("is answered with Success where nobody is signed in: that is what it asks for", async () => {
    const answer = await bring(fixture.logoutOf(idp, connectionId, { nameId: "nobody" }), connectionId);
    const message = openRedirectMessage(new URL(answer.location).search);
    expect(message.ok && message.xml).toContain("status:Success");
  });

  it("counts once", async () => {
    const { sessionId } = await login(nameId);
    const request = fixture.logoutOf(idp, connectionId, { nameId: "nobody" });
    const again = fixture.logoutOf(idp, connectionId, { nameId, id: request.id });
    expect((await bring(request, connectionId)).status).toBe(303);
    expect((await bring(again, connectionId)).status).toBe(400);
    expect(await isLive(sessionId)).toBe(true);
  });
});

describe("the answer goes", () => {
  it("over POST where the IdP takes it there, signed in the message, to its own address for answers", async () => {
    const sloResponseUrl = "https://idp.example.test/slo/answers";
    const id = await connect({ sloUrl: SLO, sloResponseUrl, sloBinding: "post" });
    const visit = await BINDINGS.redirect?.(fixture.logoutOf(idp, id), id, "their state");
    expect(visit?.form).toMatchObject({ action: sloResponseUrl, fields: { RelayState: "their state" } });
    expect(visit?.body).toContain("Signing you out");
    const certificates = [await publishedCertificate(id)];
    const message = openPostedMessage("SAMLResponse", visit?.form?.fields.SAMLResponse ?? "", {
      certificates,
    });
    expect(message).toMatchObject({ ok: true, signatureVerified: true });
  });

  it("nowhere where the connection does not say: the person sees that they are signed out", async () => {
    const id = await connect({});
    const { sessionId } = await fixture.signIn(idp, id, { nameId: "jo@acme.com" });
    const visit = await BINDINGS.redirect?.(fixture.logoutOf(idp, id, { nameId: "jo@acme.com" }), id);
    expect([visit?.status, visit?.location]).toEqual([200, ""]);
    expect(visit?.body).toContain("You are signed out");
    expect(await isLive(sessionId)).toBe(false);
  });
});

describe("what is said of a name", () => {
  const persistent = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent";

  it.each([
    ["another format", { nameIdFormat: persistent }, true],
    ["no format", { nameIdFormat: "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified" }, false],
    ["a qualifier that the login did not have", { nameQualifier: "https://idp.example.test" }, false],
  ])("with %s", async (_name, said, staysLive) => {
    const nameId = `${_name}@acme.com`;
    const { sessionId } = await login(nameId);
    await BINDINGS.redirect?.(fixture.logoutOf(idp, connectionId, { nameId, ...said }), connectionId);
    expect(await isLive(sessionId)).toBe(staysLive);
  });

  it("contradicts another qualifier", async () => {
    const nameId = "qualified";
    const editAssertion = (xml: string) => xml.replace("<saml:NameID ", '<saml:NameID NameQualifier="a" ');
    const { sessionId } = await fixture.signIn(idp, connectionId, { nameId, editAssertion });
    await BINDINGS.redirect?.(
      fixture.logoutOf(idp, connectionId, { nameId, nameQualifier: "b" }),
      connectionId,
    );
    expect(await isLive(sessionId)).toBe(true);
    await BINDINGS.redirect?.(
      fixture.logoutOf(idp, connectionId, { nameId, nameQualifier: "a" }),
      connectionId,
    );
    expect(await isLive(sessionId)).toBe(false);
  });
});

describe("a refused request", () => {
  it("leaves a record with the reason and the message, and a page with neither", async () => {
    const { sessionId } = await login("jo@acme.com");
    const forger = createTestIdp({ entityId: idp.entityId });
    const request = fixture.logoutOf(forger, connectionId, { nameId: "jo@acme.com" });
    const visit = await createBrowser().get(`${fixture.sloUrl(connectionId)}?${request.query()}`);
    expect(visit.status).toBe(400);
    expect(visit.body).not.toMatch(/signature|certificate|jo@acme/i);
    const record = await fixture.database.prisma.loginRecord.findFirstOrThrow({ orderBy: { id: "desc" } });
    expect(record).toMatchObject({
      connectionId,
      outcome: "failure",
      errorCode: "redirect_signature_invalid",
      response: request.xml,
      steps: [{ name: "logout_requested" }, { name: "failed" }],
    });
    expect(visit.body).toContain(record.requestId);
    expect(await isLive(sessionId)).toBe(true);
  });

  it("is one to a connection that is disabled, unknown, or of another protocol", async () => {
    const id = await connect({ sloUrl: SLO });
    const { sessionId } = await fixture.signIn(idp, id, { nameId: "jo@acme.com" });
    await fixture.database.prisma.connection.update({ where: { id }, data: { status: "disabled" } });
    const request = fixture.logoutOf(idp, id, { nameId: "jo@acme.com" });
    expect((await BINDINGS.post?.(request, id))?.status).toBe(403);
    expect(await isLive(sessionId)).toBe(true);
    for (const unknown of ["00000000-0000-7000-8000-000000000000", "nonsense", "%2e%2e"]) {
      expect((await BINDINGS.redirect?.(request, unknown))?.status).toBe(404);
    }
  });
});

it("lists both bindings in the service provider's metadata", async () => {
  const metadata = await (await fetch(fixture.sloUrl(connectionId).replace(/slo$/, "metadata"))).text();
  const services = [...metadata.matchAll(/<SingleLogoutService Binding="([^"]+)" Location="([^"]+)"\/>/g)];
  expect(services.map(([, binding, location]) => [binding, location])).toEqual([
    ["urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect", fixture.sloUrl(connectionId)],
    ["urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST", fixture.sloUrl(connectionId)],
  ]);
});

it("records no more of what an address brings to be refused, and goes on to obey the IdP there", async () => {
  const id = await connect({ sloUrl: SLO });
  const garbage = () => createBrowser().get(`${fixture.sloUrl(id)}?SAMLRequest=garbage`);
  const good = async () => createBrowser().get(`${fixture.sloUrl(id)}?${fixture.logoutOf(idp, id).query()}`);
  for (let n = 0; n < 40; n++) {
    expect((await good()).status).toBe(303);
  }
  for (let n = 0; n < 30; n++) {
    expect((await garbage()).status).toBe(400);
  }
  const refused = await garbage();
  expect([refused.status, Number(refused.headers.get("retry-after")) > 0]).toEqual([429, true]);
  // A stranger behind the same address must not keep people signed in.
  expect((await good()).status).toBe(303);
  expect(await fixture.database.prisma.loginRecord.count({ where: { connectionId: id } })).toBe(30);
  fixture.advance(60_000);
  expect((await garbage()).status).toBe(400);
});
