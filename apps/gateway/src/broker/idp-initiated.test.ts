import { samlServiceProvider } from "@sallyport/connections";
import { defined } from "@sallyport/defined";
import { createTestIdp } from "@sallyport/saml/testing";
import { answerSaml } from "@sallyport/sign-in/testing";
import { type Browser, createBrowser, type Page } from "@sallyport/testing-browser";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  createPortalFixture,
  type PortalApplication,
  type PortalFixture,
  portalOf,
} from "./testing/portal-fixture.ts";

const idp = createTestIdp();
const { start, target, callback } = portalOf("wiki");
let fixture: PortalFixture;
let organizationId: string;
let wiki: PortalApplication;
let crm: PortalApplication;
let connectionId: string;
let browser: Browser;

beforeAll(async () => {
  fixture = await createPortalFixture();
  organizationId = await fixture.addOrganization("acme", ["acme.com"]);
  wiki = await fixture.addApplication("wiki");
  crm = await fixture.addApplication("crm");
});
afterAll(() => fixture.close());
beforeEach(async () => {
  connectionId = await fixture.addSamlConnection(organizationId, idp, {
    settings: { idpInitiated: { applicationId: wiki.id } },
  });
  browser = createBrowser();
});

const records = () =>
  fixture.database.prisma.loginRecord.findMany({ where: { connectionId }, orderBy: { id: "desc" } });
const sessions = () => fixture.database.prisma.session.findMany({ where: { connectionId } });
const waitingSessions = () =>
  fixture.database.prisma.waitingSession.count({ where: { session: { connectionId } } });
const asksIdp = (visit: Page) => visit.location.startsWith("https://idp.example.test/sso?SAMLRequest=");
const isCallback = (visit: Page) => visit.location.startsWith(`${callback}?code=`);
const parametersOf = (visit: Page) => Object.fromEntries(new URL(visit.location).searchParams);

/** From the portal to where the application starts its sign-in. */
async function land(nameId = "jo@acme.com", relayState?: string): Promise<Page> {
  const restarted = await fixture.arrive(browser, idp, connectionId, {
    login: { nameId },
    ...defined({ relayState }),
  });
  return fixture.answer(browser, idp, connectionId, restarted, { nameId });
}

describe("somebody who comes from the IdP's own pages", () => {
  it("is signed in by an answer to a request of ours, and the application need not ask again", async () => {
    const restarted = await fixture.arrive(browser, idp, connectionId);
    expect([restarted.status, asksIdp(restarted), await sessions()]).toEqual([303, true, []]);

    const landed = await fixture.answer(browser, idp, connectionId, restarted, { nameId: "jo@acme.com" });
    expect(landed.location.startsWith(start)).toBe(true);
    expect(parametersOf(landed)).toEqual({
      from: "portal",
      iss: fixture.publicUrl,
      organization: organizationId,
    });
    const [session] = await sessions();

    const visit = await wiki.authorize(browser, { organization: organizationId });
    expect(isCallback(visit)).toBe(true);
    expect(await wiki.claims(visit)).toMatchObject({ sid: session?.id, connection_id: connectionId });
    expect(await sessions()).toHaveLength(1);
  });

  it("leaves one record of it all", async () => {
    await land("jo@acme.com", "https://wiki.example.test/unknown");
    const all = await records();
    expect(all).toMatchObject([{ outcome: "success", errorCode: null }]);
    const steps = all[0]?.steps as { name: string; detail?: unknown }[];
    expect(steps.map(({ name }) => name)).toEqual([
      "unsolicited_response",
      "started",
      "redirected",
      "response_received",
      "validated",
      "normalized",
      "signed_in",
    ]);
    expect(steps[0]?.detail).toEqual({ relayState: "https://wiki.example.test/unknown" });
    expect(steps[1]?.detail).toEqual({ application: wiki.id });
  });

  it("reaches the page that the IdP names, if it is registered, and else the application's own choice", async () => {
    expect(parametersOf(await land("jo@acme.com", target))).toMatchObject({ target_link_uri: target });
    const others = ["", `${target}#x`, target.toUpperCase(), `${target}&more=1`, callback, "x".repeat(43)];
    for (const other of others) {
      const landed = await land("jo@acme.com", other);
      expect(landed.location.startsWith(start)).toBe(true);
      expect(parametersOf(landed)).not.toHaveProperty("target_link_uri");
    }
  });

  it.each<[string, () => Record<string, string>]>([
    ["nothing", () => ({})],
    ["the organization's slug", () => ({ organization: "acme" })],
    ["the connection", () => ({ connection: connectionId })],
    ["the domain", () => ({ domain: "acme.com" })],
  ])("goes straight through where the application asks for %s", async (_name, wish) => {
    await land();
    expect(isCallback(await wiki.authorize(browser, wish()))).toBe(true);
  });

  it.each<[string, Record<string, string>]>([
    ["a new sign-in", { prompt: "login" }],
    ["a certain strength of it", { acr_values: "urn:mfa" }],
  ])("goes to the IdP once more where the application asks for %s", async (_name, wish) => {
    await land();
    expect(asksIdp(await wiki.authorize(browser, { connection: connectionId, ...wish }))).toBe(true);
    expect(await waitingSessions()).toBe(0);
  });

  it("is who they are at the IdP now, whoever was signed in at this browser before", async () => {
    await land("jo@acme.com");
    const jo = await wiki.claims(await wiki.authorize(browser));
    await land("ann@acme.com");
    const silent = await wiki.claims(await wiki.authorize(browser, { prompt: "none" }));
    expect(silent.sub, "who asks for silence gets what there is").toBe(jo.sub);
    const ann = await wiki.claims(await wiki.authorize(browser, { organization: "acme" }));
    expect(ann.sub).not.toBe(jo.sub);
    const after = await wiki.claims(await wiki.authorize(browser, { prompt: "none" }));
    expect(after.sub).toBe(ann.sub);
  });
});

describe("the session that waits", () => {
  it("is taken once, by the browser that holds its cookie", async () => {
    const cookie = (await land()).headers
      .getSetCookie()
      .find((line) => line.startsWith("sallyport-waiting="));
    expect(cookie).toMatch(
      /^sallyport-waiting=waiting_[\w-]{43}; Max-Age=300; Path=\/;.* HttpOnly; SameSite=Lax$/,
    );
    expect(await waitingSessions()).toBe(1);
    expect(isCallback(await wiki.authorize(browser))).toBe(true);
    expect(await waitingSessions()).toBe(0);

    const late = createBrowser();
    late.cookies.hold(fixture.publicUrl, "sallyport-waiting", /=([^;]+)/.exec(cookie ?? "")?.[1] ?? "");
    expect(asksIdp(await wiki.authorize(late, { connection: connectionId }))).toBe(true);
  });

  it("is not for another browser", async () => {
    await land();
    const other = await wiki.authorize(createBrowser(), { connection: connectionId });
    expect(asksIdp(other)).toBe(true);
  });

  it("is not for another application, and stays for its own", async () => {
    await land();
    expect(asksIdp(await crm.authorize(browser, { connection: connectionId }))).toBe(true);
    expect(isCallback(await wiki.authorize(browser))).toBe(true);
  });

  it("is not for another connection or organization", async () => {
    const other = await fixture.addSamlConnection(organizationId, idp, { name: "Other" });
    await land();
    expect(asksIdp(await wiki.authorize(browser, { connection: other }))).toBe(true);
    const bravo = await fixture.addOrganization(`bravo-${connectionId}`);
    await fixture.addSamlConnection(bravo, idp);
    await land();
    expect(asksIdp(await wiki.authorize(browser, { organization: bravo }))).toBe(true);
  });

  it("waits five minutes", async () => {
    await land();
    fixture.advance(5 * 60_000 + 1);
    expect(asksIdp(await wiki.authorize(browser, { connection: connectionId }))).toBe(true);
  });

  it("counts no more once it was revoked", async () => {
    await land();
    await fixture.database.prisma.session.updateMany({
      where: { connectionId },
      data: { revokedAt: fixture.now() },
    });
    expect(asksIdp(await wiki.authorize(browser, { connection: connectionId }))).toBe(true);
  });
});

describe("is refused", () => {
  const refusal = async (visit: Page) => [visit.status, (await records())[0]?.errorCode, await sessions()];
  const update = (settings: object) =>
    fixture.database.prisma
      .$executeRaw`UPDATE connections SET settings = settings || ${settings} WHERE id = ${connectionId}::uuid`;

  it("where the connection does not allow it", async () => {
    await update({ idpInitiated: null });
    const visit = await fixture.arrive(browser, idp, connectionId, { relayState: "" });
    expect(await refusal(visit)).toEqual([400, "response_unsolicited", []]);
  });

  it("where the response claims to be an answer", async () => {
    const login = { inResponseTo: "_of-somebody-else" };
    const visit = await fixture.arrive(browser, idp, connectionId, { login });
    expect(await refusal(visit)).toEqual([400, "response_unsolicited", []]);
  });

  it("where the connection is disabled, also meanwhile", async () => {
    const restarted = await fixture.arrive(browser, idp, connectionId);
    await fixture.database.prisma.connection.update({
      where: { id: connectionId },
      data: { status: "disabled" },
    });
    const answered = await fixture.answer(browser, idp, connectionId, restarted);
    expect(await refusal(answered)).toEqual([403, "connection_disabled", []]);
    expect((await fixture.arrive(browser, idp, connectionId)).status).toBe(400);
  });

  it("where the application takes nobody in any more, also meanwhile", async () => {
    const gone = await fixture.addApplication(`gone-${connectionId}`);
    await update({ idpInitiated: { applicationId: gone.id } });
    const restarted = await fixture.arrive(browser, idp, connectionId);
    await fixture.database.prisma.application.update({
      where: { id: gone.id },
      data: { initiateLoginUri: null },
    });
    const answered = await fixture.answer(browser, idp, connectionId, restarted);
    expect(await refusal(answered)).toEqual([404, "landing_missing", []]);
    expect(await refusal(await fixture.arrive(browser, idp, connectionId))).toEqual([
      404,
      "landing_missing",
      [],
    ]);
  });

  it("from a browser that keeps no cookies, after we have tried to give it one", async () => {
    const SAMLResponse = answerSaml(fixture, idp, { connectionId, id: "" }, { inResponseTo: undefined });
    const { acsUrl } = samlServiceProvider(fixture.publicUrl, connectionId);
    const forgetful = (fields: Record<string, string>) => createBrowser().post(acsUrl, fields);
    let visit = await forgetful({ SAMLResponse });
    let posts = 1;
    for (; visit.form !== null; posts++) {
      visit = await forgetful(visit.form.fields);
    }
    expect([posts, ...(await refusal(visit))]).toEqual([3, 403, "cookies_blocked", []]);
  });

  it("from an IdP that answers each request of ours with a further unsolicited response", async () => {
    const ends: (string | number)[] = [];
    for (let round = 1; round <= 5; round++) {
      const visit = await fixture.arrive(browser, idp, connectionId);
      ends.push(asksIdp(visit) ? "asked" : visit.status);
    }
    expect(ends).toEqual(["asked", "asked", "asked", 400, 400]);
    expect((await records())[0]?.errorCode).toBe("idp_initiated_loop");
    fixture.advance(2 * 60_000 + 1);
    expect(asksIdp(await fixture.arrive(browser, idp, connectionId))).toBe(true);
  });
});
