import type { SamlSettings } from "@sallyport/connections";
import { openPostedMessage, openRedirectMessage } from "@sallyport/saml";
import { createTestIdp, type TestLogoutMessage, type TestLogoutResponse } from "@sallyport/saml/testing";
import { type Browser, createBrowser, type Page } from "@sallyport/testing-browser";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  createLogoutFixture,
  type LogoutFixture,
  SIGNED_OUT,
  type SignedIn,
} from "./testing/logout-fixture.ts";

const idp = createTestIdp();
const SLO = "https://idp.example.test/slo";
const STATUS = "urn:oasis:names:tc:SAML:2.0:status:";
const HOME = { post_logout_redirect_uri: SIGNED_OUT, state: "s&1" };
const AT_HOME = `${SIGNED_OUT}?state=s%261`;
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
const login = (id = connectionId) =>
  fixture.signIn(idp, id, { nameId: "jo@acme.com", sessionIndex: "_index" });
const isLive = async ({ sessionId }: SignedIn) => (await fixture.session(sessionId)).revokedAt === null;

/** Our LogoutRequest, as a redirect or a form carries it. */
function requestIn(visit: Page, certificates?: string[]) {
  const rules = certificates === undefined ? {} : { certificates };
  const message =
    visit.form === null
      ? openRedirectMessage(new URL(visit.location).search, rules)
      : openPostedMessage("SAMLRequest", visit.form.fields.SAMLRequest ?? "", rules);
  if (!message.ok) {
    throw new Error(message.code);
  }
  const relayState = message.relayState ?? visit.form?.fields.RelayState;
  return { ...message, relayState, id: / ID="([^"]+)"/.exec(message.xml)?.[1] ?? "" };
}

/** What the IdP answers to it. */
const answerTo = (visit: Page, changes: Partial<TestLogoutResponse> = {}) =>
  idp.logoutResponse({
    destination: fixture.sloUrl(connectionId),
    inResponseTo: requestIn(visit).id,
    now: fixture.now(),
    ...changes,
  });

const bring = (browser: Browser, visit: Page, answer: TestLogoutMessage) =>
  browser.get(`${fixture.sloUrl(connectionId)}?${answer.query(requestIn(visit).relayState)}`);

const lastAnswer = () =>
  fixture.database.prisma.event.findFirstOrThrow({
    where: { type: { in: ["connection.logout_answered", "connection.logout_failed"] } },
    orderBy: { id: "desc" },
  });

describe("a sign-out at the application", () => {
  it("ends the session here, then asks the IdP by the name it gave, and comes home with its state", async () => {
    const person = await login();
    const visit = await fixture.signOut(person, HOME);
    expect(await fixture.session(person.sessionId)).toMatchObject({ revokedReason: "rp_logout" });
    expect(visit.location.startsWith(`${SLO}?`)).toBe(true);
    const { xml, relayState, id } = requestIn(visit);
    expect(xml).toContain(`Destination="${SLO}"`);
    expect(xml).toMatch(/<saml:NameID Format="[^"]*emailAddress">jo@acme.com<\/saml:NameID>/);
    expect(xml).toMatch(/<\w+:SessionIndex[^>]*>_index</);
    expect(xml).toContain(`${fixture.publicUrl}/sso/saml/${connectionId}/metadata</saml:Issuer>`);
    expect(relayState).toBe(id);

    const home = await bring(person.browser, visit, answerTo(visit));
    expect([home.status, home.location]).toEqual([303, AT_HOME]);
    expect(await lastAnswer()).toMatchObject({
      organizationId,
      resourceId: connectionId,
      outcome: "success",
      data: { sessionId: person.sessionId },
    });
  });

  it("signs what it sends, over either binding", async () => {
    const posting = await connect({ sloUrl: SLO, sloBinding: "post" });
    for (const id of [connectionId, posting]) {
      const visit = await fixture.signOut(await login(id), HOME);
      const metadata = await (await fetch(fixture.sloUrl(id).replace(/slo$/, "metadata"))).text();
      const base64 = /<[\w:]*X509Certificate>([^<]+)</.exec(metadata)?.[1]?.replace(/\s/g, "") ?? "";
      const pem = `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----`;
      expect(requestIn(visit, [pem])).toMatchObject({ kind: "SAMLRequest", signatureVerified: true });
      expect(() => requestIn(visit, [idp.certificate])).toThrow("signature_invalid");
    }
    expect((await fixture.signOut(await login(posting), HOME)).body).toContain("Signing you out");
  });

  it("names the person with the qualifiers that the IdP gave", async () => {
    const editAssertion = (xml: string) =>
      xml.replace("<saml:NameID ", '<saml:NameID NameQualifier="their &amp; own" SPNameQualifier="ours" ');
    const person = await fixture.signIn(idp, connectionId, { nameId: "<jo>", editAssertion });
    const { xml } = requestIn(await fixture.signOut(person));
    expect(xml).toMatch(/NameQualifier="their &amp; own" SPNameQualifier="ours">&lt;jo&gt;</);
  });

  it("ends at our own page where the application did not say where", async () => {
    const person = await login();
    const visit = await fixture.signOut(person);
    const end = await bring(person.browser, visit, answerTo(visit));
    expect([end.status, end.location]).toEqual([200, ""]);
    expect(end.body).toContain("You are signed out");
  });

  it("goes on to the IdP after the person confirmed it, too", async () => {
    const { browser } = await login();
    const asked = await browser.get(`${fixture.publicUrl}/oauth2/logout`);
    const visit = await browser.post(asked.form?.action ?? "", asked.form?.fields ?? {});
    expect(visit.location.startsWith(`${SLO}?`)).toBe(true);
  });

  it("takes an answer by POST, though our cookie does not come with another site's form", async () => {
    const person = await login();
    const visit = await fixture.signOut(person, HOME);
    const fields = {
      SAMLResponse: answerTo(visit).formValue(),
      RelayState: requestIn(visit).relayState ?? "",
    };
    const first = await person.browser.post(fixture.sloUrl(connectionId), fields, "fromOtherSite");
    expect([first.status, first.form?.action]).toEqual([200, fixture.sloUrl(connectionId)]);
    const home = await person.browser.post(first.form?.action ?? "", first.form?.fields ?? {});
    expect(home.location).toBe(AT_HOME);
  });

  it("finds an answer without RelayState by what it answers", async () => {
    const person = await login();
    const visit = await fixture.signOut(person, HOME);
    const home = await person.browser.get(`${fixture.sloUrl(connectionId)}?${answerTo(visit).query()}`);
    expect(home.location).toBe(AT_HOME);
  });
});

describe("goes straight home", () => {
  it("where the IdP takes no logout, or its connection is gone", async () => {
    const silent = await login(await connect({}));
    expect((await fixture.signOut(silent, HOME)).location).toBe(AT_HOME);
    const id = await connect({ sloUrl: SLO });
    const orphan = await login(id);
    await fixture.database.prisma.connection.update({ where: { id }, data: { status: "disabled" } });
    expect((await fixture.signOut(orphan, HOME)).location).toBe(AT_HOME);
  });

  it("the second time, and from a browser that has signed in anew since", async () => {
    const person = await login();
    await fixture.signOut(person, HOME);
    expect((await fixture.signOut(person, HOME)).location).toBe(AT_HOME);

    const older = await login();
    const newer = await login();
    const visit = await fixture.signOut({ ...older, browser: newer.browser }, HOME);
    expect(visit.location).toBe(AT_HOME);
    expect([await isLive(older), await isLive(newer)]).toEqual([false, true]);
  });

  it("where the IdP cannot be told for a fault of ours, which is logged", async () => {
    const id = await connect({ sloUrl: SLO });
    const person = await login(id);
    await fixture.database.prisma.connection.update({ where: { id }, data: { settings: { broken: true } } });
    // The session's own look-up does not read the settings.
    expect((await fixture.signOut(person, HOME)).location).toBe(AT_HOME);
    expect(await isLive(person)).toBe(false);
    expect(fixture.logged.join("")).toContain("the IdP was not told of a logout");
  });
});

describe("whatever the IdP answers, the person stays signed out and comes home, and a record says why:", () => {
  it.each<[string, Partial<TestLogoutResponse>]>([
    ["logout_not_success", { status: { code: `${STATUS}Responder`, message: "no" } }],
    ["logout_partial", { status: { code: `${STATUS}Success`, subCode: `${STATUS}PartialLogout` } }],
    ["logout_issuer_mismatch", { issuer: "https://evil.example.test" }],
    ["logout_destination_mismatch", { destination: "https://evil.example.test/slo" }],
    ["logout_in_response_to_mismatch", { inResponseTo: "_another" }],
    ["redirect_signature_invalid", { signer: { privateKey: createTestIdp().privateKey } }],
  ])("%s", async (code, changes) => {
    const person = await login();
    const visit = await fixture.signOut(person, HOME);
    const home = await bring(person.browser, visit, answerTo(visit, changes));
    expect([home.status, home.location]).toEqual([303, AT_HOME]);
    expect(await isLive(person)).toBe(false);
    expect(await lastAnswer()).toMatchObject({ outcome: "failure", data: { code } });
    const record = await fixture.database.prisma.loginRecord.findFirstOrThrow({ orderBy: { id: "desc" } });
    expect(record).toMatchObject({
      connectionId,
      outcome: "failure",
      errorCode: code,
      steps: [{ name: "logout_answered" }, { name: "failed" }],
    });
  });
});

describe("an answer is refused", () => {
  it("the second time, after ten minutes, from another browser, and at another connection", async () => {
    const person = await login();
    const visit = await fixture.signOut(person, HOME);
    const stranger = await bring(createBrowser(), visit, answerTo(visit));
    expect([stranger.status, stranger.location]).toEqual([400, ""]);
    const other = await connect({ sloUrl: SLO });
    const query = answerTo(visit, { destination: fixture.sloUrl(other) }).query(requestIn(visit).relayState);
    expect((await person.browser.get(`${fixture.sloUrl(other)}?${query}`)).status).toBe(400);

    expect((await bring(person.browser, visit, answerTo(visit))).location).toBe(AT_HOME);
    const again = await bring(person.browser, visit, answerTo(visit));
    expect([again.status, again.location]).toEqual([400, ""]);

    const late = await login();
    const started = await fixture.signOut(late, HOME);
    fixture.advance(10 * 60_000);
    expect((await bring(late.browser, started, answerTo(started))).status).toBe(400);
    const record = await fixture.database.prisma.loginRecord.findFirstOrThrow({ orderBy: { id: "desc" } });
    expect(record.errorCode).toBe("logout_unknown");
  });
});
