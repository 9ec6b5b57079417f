import { type Browser, formOf, type Page } from "@sallyport/testing-browser";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { type Departure, type SamlSite, type SamlTenant, startSamlSite } from "../harness/saml-site.ts";
import { PERSON, type SamlpBehaviour, type SamlpIdp, startSamlpIdp } from "./samlp-idp.ts";

let site: SamlSite;
let idp: SamlpIdp;
beforeAll(async () => {
  [site, idp] = await Promise.all([startSamlSite(), startSamlpIdp()]);
});
afterAll(async () => {
  await idp.stop();
  await site.stop();
});

const keyView = z.object({ id: z.string() });
const keyPage = z.object({ items: z.array(keyView) });

let tenants = 0;
async function addTenant(saml: Readonly<Record<string, unknown>>): Promise<SamlTenant> {
  tenants += 1;
  const domains = tenants === 1 ? ["acme.example.test"] : [];
  return site.addTenant(`org${tenants}`, saml, { domains, provider: "adfs" });
}

const byPost = () => ({
  idpEntityId: idp.entityId,
  ssoUrl: idp.ssoUrl,
  ssoBinding: "post",
  certificates: [idp.certificate],
});

/** Takes the browser to the IdP, as the page says: over a redirect, or over a form. */
function visitIdp(browser: Browser, { page }: Departure): Promise<Page> {
  if (page.location !== "") {
    return browser.get(page.location);
  }
  const { action, fields } = formOf(page);
  return browser.post(action, fields, "fromOtherSite");
}

async function answerOf(idpPage: Page): Promise<{ SAMLResponse: string; RelayState: string }> {
  if (idpPage.status !== 200) {
    throw new Error(`the IdP answered ${idpPage.status}: ${idpPage.body}`);
  }
  const { SAMLResponse = "", RelayState = "" } = formOf(idpPage).fields;
  return { SAMLResponse, RelayState };
}

async function signIn(tenant: SamlTenant) {
  const browser = site.newBrowser();
  const departure = await tenant.leave(browser);
  const answer = await answerOf(await visitIdp(browser, departure));
  const page = await tenant.post(browser, answer);
  const response = Buffer.from(answer.SAMLResponse, "base64").toString();
  return { browser, departure, page, response, claims: () => tenant.arrive(browser, departure, page) };
}

it("is set up from its metadata, and its assertion is normalized", async () => {
  const tenant = await addTenant({ metadataXml: idp.metadataXml });
  await idp.trust(tenant);
  const claims = await (await signIn(tenant)).claims();
  expect(claims).toMatchObject({
    org_slug: tenant.slug,
    connection_type: "saml",
    email: PERSON.emails[0].value,
    email_verified: true,
    given_name: PERSON.name.givenName,
    family_name: PERSON.name.familyName,
    name: PERSON.displayName,
    roles: ["member"],
  });
});

describe.each([
  ["redirect", () => ({ metadataXml: idp.metadataXml })],
  ["post", byPost],
])("over the %s binding", (binding, saml) => {
  it.each<[string, SamlpBehaviour]>([
    ["a signed assertion", {}],
    ["a signed response", { signAssertion: false, signResponse: true }],
    ["both signed", { signResponse: true }],
    ["an encrypted assertion", { encrypt: true }],
    ["an encrypted assertion in a signed response", { encrypt: true, signResponse: true }],
  ])("signs in by %s", async (_, behaviour) => {
    const tenant = await addTenant({
      ...saml(),
      attributes: { groups: "http://schemas.passportjs.com/groups" },
    });
    await idp.trust(tenant, behaviour);
    const { departure, response, claims } = await signIn(tenant);
    expect(departure.page.location === "" ? "post" : "redirect").toBe(binding);
    expect(response.includes("EncryptedAssertion")).toBe(behaviour.encrypt === true);
    expect(await claims()).toMatchObject({ name: PERSON.displayName, groups: PERSON.groups });
  });

  it("signs its requests so that the IdP verifies them, and sends none that it would refuse", async () => {
    const tenant = await addTenant({ ...saml(), signRequests: true });
    await idp.trust(tenant, { wantSignedRequests: true });
    expect(await (await signIn(tenant)).claims()).toMatchObject({ name: PERSON.displayName });

    const unsigned = await addTenant(saml());
    await idp.trust(unsigned, { wantSignedRequests: true });
    const browser = site.newBrowser();
    const refused = await visitIdp(browser, await unsigned.leave(browser));
    expect([refused.status, refused.body]).toEqual([400, expect.stringContaining("MUST be signed")]);

    await idp.trust(unsigned, { wantSignedRequests: true }); // of another service provider's key
    const foreign = await visitIdp(browser, await tenant.leave(browser));
    expect([foreign.status, foreign.body]).toEqual([400, expect.stringContaining("Signature check errors")]);
  });
});

it("signs in throughout a rotation of our key, though it takes only the first that our metadata lists", async () => {
  const tenant = await addTenant({ metadataXml: idp.metadataXml, signRequests: true });
  const readMetadata = () => idp.trust(tenant, { encrypt: true, wantSignedRequests: true });
  const expectSignIn = async () =>
    expect(await (await signIn(tenant)).claims()).toMatchObject({ name: PERSON.displayName });
  const keys = `/organizations/${tenant.slug}/connections/${tenant.connectionId}/keys`;
  const call = async (method: string, path: string, status: number) => {
    const answer = await site.gateway.api(method, path);
    expect(answer.status).toBe(status);
    return answer.body;
  };
  await readMetadata();
  await expectSignIn();

  const old = keyPage.parse(await call("GET", keys, 200)).items[0]?.id;
  const { id } = keyView.parse(await call("POST", keys, 201));
  await expectSignIn(); // it knows the old key only
  await call("POST", `${keys}/${id}/activate`, 409);
  await readMetadata();
  await expectSignIn(); // it encrypts for the new one, and verifies by the old one
  await call("POST", `${keys}/${id}/activate`, 200);
  await readMetadata();
  await expectSignIn();
  await call("DELETE", `${keys}/${old}`, 204);
  await expectSignIn();
});

it("is refused with SHA-1, unless an operator allows it", async () => {
  const metadataXml = idp.metadataXml;
  const strict = await addTenant({ metadataXml });
  await idp.trust(strict, { sha1: true });
  expect((await signIn(strict)).page.status).toBe(400);
  expect(await strict.lastRecord()).toMatchObject({ errorCode: "signature_sha1" });

  const lenient = await addTenant({ metadataXml, allowSha1: true });
  await idp.trust(lenient, { sha1: true });
  expect(await (await signIn(lenient)).claims()).toMatchObject({ name: PERSON.displayName });
});

it("is refused unsigned, also where it encrypts", async () => {
  const tenant = await addTenant({ metadataXml: idp.metadataXml });
  for (const encrypt of [false, true]) {
    await idp.trust(tenant, { signAssertion: false, encrypt });
    expect((await signIn(tenant)).page.status).toBe(400);
    const errorCode = encrypt ? "encrypted_assertion_unsigned" : "signature_missing";
    expect(await tenant.lastRecord()).toMatchObject({ errorCode });
  }
});

it("may say no: the person is told, and may go back to the application", async () => {
  const tenant = await addTenant({ ...byPost(), ssoBinding: "redirect", ssoUrl: idp.refusingUrl });
  await idp.trust(tenant);
  const { page } = await signIn(tenant);
  expect([page.status, page.body]).toEqual([403, expect.stringContaining("said no")]);
  expect(await tenant.lastRecord()).toMatchObject({ errorCode: "status_not_success" });
});

it("signs nobody in from its portal, where the connection does not allow that", async () => {
  const tenant = await addTenant({ metadataXml: idp.metadataXml });
  await idp.trust(tenant);
  const browser = site.newBrowser();
  const page = await tenant.post(browser, await answerOf(await browser.get(idp.portalUrl)));
  expect(page.status).toBe(400);
  expect(await tenant.lastRecord()).toMatchObject({ errorCode: "response_unsolicited" });
});

describe.each(["redirect", "post"] as const)("single logout over %s", (logoutBinding) => {
  const sloOf = (sloBinding: "redirect" | "post") => ({
    ...byPost(),
    ssoBinding: "redirect",
    sloUrl: idp.logoutUrl,
    sloBinding,
  });

  /** Carries whatever the page holds on, by redirects and forms, until it rests. */
  async function carryOn(browser: Browser, first: Page): Promise<Page> {
    let page = first;
    for (let step = 0; step < 12; step += 1) {
      if (page.location.startsWith(site.application.signedOutUri)) {
        return page;
      }
      if (page.location !== "") {
        page = await browser.get(page.location);
      } else if (/SAML(Request|Response)|second_post/.test(page.body)) {
        const { action, fields } = formOf(page);
        const crossing = new URL(action).origin !== new URL(page.url).origin;
        page = await browser.post(action, fields, crossing ? "fromOtherSite" : undefined);
      } else {
        return page;
      }
    }
    throw new Error(`${page.url} leads on and on`);
  }

  async function signedIn() {
    const tenant = await addTenant(sloOf(logoutBinding));
    await idp.trust(tenant, { logoutBinding });
    const { browser, claims } = await signIn(tenant);
    await claims();
    expect([await tenant.sessions(), idp.isAtServiceProvider()]).toEqual([1, true]);
    return { tenant, browser };
  }

  it("from the application: the IdP verifies our request, forgets the person, and we take its answer", async () => {
    const { tenant, browser } = await signedIn();
    const asked = await browser.get(site.application.signOutUrl);
    const { action, fields } = formOf(asked);
    const end = await carryOn(browser, await browser.post(action, fields));
    expect(end.location).toContain(site.application.signedOutUri);
    expect([await tenant.sessions(), idp.isAtServiceProvider()]).toEqual([0, false]);
  });

  it("from the IdP: our session ends, and the IdP verifies our answer", async () => {
    const { tenant, browser } = await signedIn();
    const end = await carryOn(browser, await browser.get(idp.logoutUrl));
    expect([end.status, end.url.startsWith(idp.logoutUrl)]).toEqual([200, true]);
    expect([await tenant.sessions(), idp.isAtServiceProvider()]).toEqual([0, false]);
  });
});
