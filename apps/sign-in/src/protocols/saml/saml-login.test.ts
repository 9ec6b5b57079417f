import { samlServiceProvider } from "@sallyport/connections";
import { createTestIdp } from "@sallyport/saml/testing";
import { findLiveSession } from "@sallyport/sessions";
import { createBrowser } from "@sallyport/testing-browser";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSignIn } from "../../index.ts";
import { answerSaml, loginBySaml, postSaml, readSamlRequest, startSaml } from "../../testing/saml-login.ts";
import { createSignInFixture, type SignInFixture } from "../../testing/sign-in-fixture.ts";

const idp = createTestIdp();
let fixture: SignInFixture;
let organizationId: string;
let connectionId: string;

beforeAll(async () => {
  fixture = await createSignInFixture();
  organizationId = await fixture.addOrganization("acme", ["acme.com"]);
  connectionId = await fixture.addSamlConnection(organizationId, idp);
});
afterAll(() => fixture.close());

const records = () =>
  fixture.database.prisma.loginRecord.findMany({ where: { connectionId }, orderBy: { id: "desc" } });

const stepNames = (steps: unknown) => (steps as { name: string }[]).map((step) => step.name);

describe("a SAML login", () => {
  it("ends in a session with user, membership, role, audit events and a login record", async () => {
    const { sessionId, visit } = await loginBySaml(fixture, idp, connectionId, {
      nameId: "Jo@Acme.com",
      attributes: { firstName: "Jo", lastName: "Doe", groups: ["Engineering", "Sales"] },
    });
    expect(visit.location).toMatch(/^https:\/\/app\.example\.test\/callback\?session=/);
    const session = await findLiveSession(fixture.database.sql, sessionId ?? "", fixture.now());
    expect(session).toMatchObject({
      organizationId,
      connectionId,
      amr: ["pwd"],
      user: { email: "jo@acme.com", emailVerified: true, givenName: "Jo", familyName: "Doe" },
      roles: ["member"],
      groups: ["Engineering", "Sales"],
    });
    const [record] = await records();
    expect(record).toMatchObject({ outcome: "success", sessionId, errorCode: null });
    expect(record?.response).toContain("Jo@Acme.com");
    expect(record?.response).not.toMatch(/SignatureValue[^>]*>(?!\[masked\])[^<]/);
    expect(record?.request).toContain("AuthnRequest");
    expect(stepNames(record?.steps)).toEqual([
      "started",
      "redirected",
      "response_received",
      "validated",
      "normalized",
      "signed_in",
    ]);
    const events = await fixture.database.prisma.event.findMany({ orderBy: { id: "asc" } });
    expect(events.map((event) => event.type)).toEqual([
      "user.created",
      "membership.created",
      "identity.created",
      "session.created",
      "role_binding.created",
    ]);
  });

  it("of the same person again is the same user", async () => {
    const before = await fixture.database.prisma.user.count();
    const { sessionId } = await loginBySaml(fixture, idp, connectionId, { nameId: "Jo@Acme.com" });
    expect(sessionId).not.toBeNull();
    expect(await fixture.database.prisma.user.count()).toBe(before);
  });

  it("is carried home by a second post, since the IdP's own brings no Lax cookie", async () => {
    const browser = createBrowser();
    const request = await startSaml(fixture, browser, connectionId);
    const response = answerSaml(fixture, idp, request);
    const acs = `${fixture.publicUrl}/sso/saml/${connectionId}/acs`;
    const page = await browser.post(
      acs,
      { SAMLResponse: response, RelayState: request.relayState },
      "fromOtherSite",
    );
    expect(page.status).toBe(200);
    expect(page.form).toMatchObject({ action: acs, fields: { SAMLResponse: response } });
    const nonce = /script-src 'nonce-([\w-]+)'/.exec(page.headers.get("content-security-policy") ?? "")?.[1];
    expect(page.body).toContain(`<script nonce="${nonce}">`);
    const home = await browser.post(acs, page.form?.fields ?? {});
    expect(home.status).toBe(303);
  });
});

it("over https, the IdP's own post brings the cookie, and needs no second one", async () => {
  const publicUrl = "https://sso.example.test";
  const secure = await createSignInFixture((deps) =>
    createSignIn({ ...deps, publicUrl }).routes(deps.interactions),
  );
  const id = await secure.addSamlConnection(await secure.addOrganization("acme"), idp);
  const visit = await secure.visit(createBrowser(), { connection: id });
  const [, name = "", value = "", attributes = ""] =
    /^([\w-]+)=(\w[\w-]*); (.*)$/.exec(visit.headers.getSetCookie()[0] ?? "") ?? [];
  expect(name).toBe("__Host-sallyport-browser");
  expect(attributes).toMatch(/HttpOnly; Secure; SameSite=None$/);

  const request = readSamlRequest(visit, id);
  const browser = createBrowser();
  browser.cookies.hold(secure.publicUrl, name, value);
  const SAMLResponse = answerSaml({ ...secure, publicUrl }, idp, request);
  const home = await browser.post(`${secure.publicUrl}/sso/saml/${id}/acs`, {
    SAMLResponse,
    RelayState: request.relayState,
  });
  expect(home.status).toBe(303);
  await secure.close();
});

describe("a SAML response is refused", () => {
  it("when nothing was asked for", async () => {
    const response = answerSaml(fixture, idp, { connectionId, id: "_x" }, { inResponseTo: undefined });
    const acs = `${fixture.publicUrl}/sso/saml/${connectionId}/acs`;
    const visit = await createBrowser().post(acs, { SAMLResponse: response });
    expect([visit.status, (await records())[0]?.errorCode]).toEqual([400, "response_unsolicited"]);
  });

  it("and the page tells a person from the IdP's portal to start at the application", async () => {
    const response = answerSaml(fixture, idp, { connectionId, id: "_x" }, { inResponseTo: undefined });
    const { acsUrl } = samlServiceProvider(fixture.publicUrl, connectionId);
    const visit = await createBrowser().post(acsUrl, { SAMLResponse: response, RelayState: "" });
    expect(visit.status).toBe(400);
    expect(visit.body).toContain("Open the application and sign in from there.");
    expect(visit.body).toContain((await records())[0]?.requestId);
  });

  it("when its login took more than ten minutes", async () => {
    const browser = createBrowser();
    const request = await startSaml(fixture, browser, connectionId);
    fixture.advance(10 * 60 * 1000 + 1);
    const visit = await postSaml(fixture, browser, request, answerSaml(fixture, idp, request));
    expect([visit.status, (await records())[0]?.errorCode]).toEqual([400, "login_expired"]);
  });

  it("when the IdP signs with another key, and the page does not tell", async () => {
    const forger = createTestIdp({ entityId: idp.entityId });
    const { visit } = await loginBySaml(fixture, forger, connectionId);
    const [record] = await records();
    expect([visit.status, record?.errorCode]).toEqual([400, "signature_invalid"]);
    expect(visit.body).not.toMatch(/signature|certificate/i);
    expect(visit.body).toContain(record?.requestId);
    expect(visit.body).toMatch(/Try again[\s\S]*Return to Wiki &amp; Co/);
  });
});

it("tells an IdP's own refusal apart, and takes the person back to the application", async () => {
  const browser = createBrowser();
  const request = await startSaml(fixture, browser, connectionId);
  const acsUrl = `${fixture.publicUrl}/sso/saml/${connectionId}/acs`;
  const response = idp.errorResponse(
    { acsUrl, inResponseTo: request.id, now: fixture.now() },
    { code: "urn:oasis:names:tc:SAML:2.0:status:Responder", message: "not assigned" },
  );
  const page = await postSaml(fixture, browser, request, response);
  expect(page.status).toBe(403);
  expect(page.body).not.toContain("not assigned");
  const [record] = await records();
  expect(JSON.stringify(record?.steps)).toContain("not assigned");

  const abort = { ...page.form?.fields, abort: "idp_refused" };
  const home = await browser.post(page.form?.action ?? "", abort);
  expect(home.location).toBe("https://app.example.test/callback?error=access_denied");
  expect(fixture.interactions.ended.get(request.interactionId)).toMatchObject({ code: "access_denied" });
});
