import { samlServiceProvider } from "@sallyport/connections";
import { openPostedMessage, openRedirectMessage } from "@sallyport/saml";
import { createTestIdp } from "@sallyport/saml/testing";
import { createBrowser } from "@sallyport/testing-browser";
import { afterAll, beforeAll, expect, it } from "vitest";
import { answerSaml, postSaml, readSamlRequest, startSaml } from "../../testing/saml-login.ts";
import { createSignInFixture, type SignInFixture } from "../../testing/sign-in-fixture.ts";

const idp = createTestIdp();
let fixture: SignInFixture;
let organizationId: string;

beforeAll(async () => {
  fixture = await createSignInFixture();
  organizationId = await fixture.addOrganization("acme", ["acme.com"]);
});
afterAll(() => fixture.close());

async function publishedMetadata(connectionId: string): Promise<string> {
  return (await fetch(samlServiceProvider(fixture.publicUrl, connectionId).entityId)).text();
}

/** The certificate that our metadata tells the IdP, PEM. */
async function publishedCertificate(connectionId: string): Promise<string> {
  const metadata = await publishedMetadata(connectionId);
  const base64 = /<[\w:]*X509Certificate>([^<]+)</.exec(metadata)?.[1]?.replace(/\s/g, "") ?? "";
  return `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----`;
}

it("carries a signature over redirect that the published certificate verifies", async () => {
  const connectionId = await fixture.addSamlConnection(organizationId, idp, {
    settings: { signRequests: true },
  });
  const { location } = await fixture.visit(createBrowser(), { connection: connectionId });
  const certificates = [await publishedCertificate(connectionId)];
  const query = new URL(location).search.slice(1);
  expect(openRedirectMessage(query, { certificates })).toMatchObject({ ok: true, signatureVerified: true });
  expect(new URL(location).searchParams.get("SigAlg")).toContain("rsa-sha256");
  const foreign = createTestIdp().certificate;
  expect(openRedirectMessage(query, { certificates: [foreign] })).toMatchObject({ ok: false });
});

it("goes over POST where the connection says so, signed, and the answer signs in", async () => {
  const settings = { signRequests: true, ssoBinding: "post" } as const;
  const connectionId = await fixture.addSamlConnection(organizationId, idp, { settings });
  const browser = createBrowser();
  const page = await fixture.visit(browser, { connection: connectionId });
  expect([page.status, page.form?.action]).toEqual([200, "https://idp.example.test/sso"]);
  const { SAMLRequest = "", RelayState = "" } = page.form?.fields ?? {};
  const certificates = [await publishedCertificate(connectionId)];
  const message = openPostedMessage("SAMLRequest", SAMLRequest, { certificates });
  if (!message.ok) {
    throw new Error(message.code);
  }
  expect(message.signatureVerified).toBe(true);
  const id = /ID="([^"]+)"/.exec(message.xml)?.[1] ?? "";
  const request = { connectionId, id, relayState: RelayState };
  const answer = await postSaml(fixture, browser, request, answerSaml(fixture, idp, request));
  expect(answer.location).toContain("session=");
});

it("asks for a fresh login and for contexts where the connection wants them", async () => {
  const authnContext = ["urn:oasis:names:tc:SAML:2.0:ac:classes:TimeSyncToken"];
  const settings = { forceAuthn: true, authnContext };
  const wanting = await fixture.addSamlConnection(organizationId, idp, { settings });
  const plain = await fixture.addSamlConnection(organizationId, idp);
  const asked = await startSaml(fixture, createBrowser(), wanting);
  expect(asked.xml).toContain('ForceAuthn="true"');
  expect(asked.xml).toContain(authnContext[0]);
  const { xml } = await startSaml(fixture, createBrowser(), plain);
  expect(xml).not.toMatch(/ForceAuthn="true"|RequestedAuthnContext/);
});

it("is answered by an encrypted assertion, for the key in our metadata and for no other", async () => {
  const connectionId = await fixture.addSamlConnection(organizationId, idp);
  const recipient = await publishedCertificate(connectionId);
  const signIn = async (encryptFor: { recipient: string }) => {
    const browser = createBrowser();
    const visit = await fixture.visit(browser, { connection: connectionId });
    const request = readSamlRequest(visit, connectionId);
    return postSaml(
      fixture,
      browser,
      request,
      answerSaml(fixture, idp, request, { encryptFor, sign: "both" }),
    );
  };
  expect((await signIn({ recipient })).location).toContain("session=");
  const refused = await signIn({ recipient: createTestIdp().certificate });
  expect([refused.status, refused.location]).toEqual([400, ""]);
});

it.each([true, false])("is announced in our metadata as it comes: signed %s", async (signRequests) => {
  const connectionId = await fixture.addSamlConnection(organizationId, idp, { settings: { signRequests } });
  expect(await publishedMetadata(connectionId)).toContain(` AuthnRequestsSigned="${signRequests}"`);
  const { location } = await fixture.visit(createBrowser(), { connection: connectionId });
  expect(new URL(location).searchParams.has("Signature")).toBe(signRequests);
});
