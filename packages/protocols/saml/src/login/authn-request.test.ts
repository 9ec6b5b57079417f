import { expect, it } from "vitest";
import { isMessageId } from "../bindings/message-id.ts";
import { openPostedMessage, postFields } from "../bindings/post.ts";
import { openRedirectMessage, redirectUrl } from "../bindings/redirect.ts";
import { createTestIdp } from "../testing/index.ts";
import { createAuthnRequest } from "./authn-request.ts";

const settings = {
  issuer: "https://sp.example.test/saml",
  acsUrl: "https://sp.example.test/saml/acs",
  destination: "https://idp.example.test/sso",
  forceAuthn: false,
  authnContexts: [],
};
const { signer } = createTestIdp();
const certificates = [signer.certificate];

it("says who asks, and where the answer goes", async () => {
  const { id, xml, ...message } = await createAuthnRequest(settings, "state");
  expect(message).toEqual({
    kind: "SAMLRequest",
    destination: settings.destination,
    relayState: "state",
  });
  expect(isMessageId(id)).toBe(true);
  expect(xml).toContain(` ID="${id}"`);
  expect(xml).toContain(`>${settings.issuer}</saml:Issuer>`);
  expect(xml).toContain(`AssertionConsumerServiceURL="${settings.acsUrl}"`);
  expect(xml).not.toMatch(/ForceAuthn|RequestedAuthnContext|Format=/);
});

it("has an ID of its own each time, also of the same settings at once", async () => {
  const requests = await Promise.all(Array.from({ length: 50 }, () => createAuthnRequest(settings, "")));
  expect(new Set(requests.map(({ id }) => id)).size).toBe(50);
  expect(requests.every(({ id, xml }) => xml.includes(` ID="${id}"`))).toBe(true);
});

it("asks for a fresh login and for contexts where they are wanted, and only there", async () => {
  const authnContexts = ["urn:example:one", "urn:example:two&three"];
  const { xml } = await createAuthnRequest({ ...settings, forceAuthn: true, authnContexts }, "");
  expect(xml).toContain('ForceAuthn="true"');
  expect(xml).toMatch(/>urn:example:one<.*>urn:example:two&amp;three</);
  expect((await createAuthnRequest(settings, "")).xml).not.toMatch(/ForceAuthn|RequestedAuthnContext/);
});

it("takes whatever contexts an application names, and leaves out what XML cannot express", async () => {
  const named = ["urn:example:good", "a\u0000b", "\ud800", '"><Evil/>', ...Array(6_000).fill("x")];
  const request = await createAuthnRequest({ ...settings, authnContexts: named }, "");
  expect(request.xml).toContain(">urn:example:good<");
  expect(request.xml).not.toMatch(/a.?b<|<Evil/);
  const { SAMLRequest = "" } = postFields(request, signer);
  const limits = { maxNodes: 100_000, maxBytes: 10_000_000 };
  expect(openPostedMessage("SAMLRequest", SAMLRequest, { certificates, limits })).toMatchObject({ ok: true });
});

it("is signed over either binding", async () => {
  const request = await createAuthnRequest(settings, "it's");
  const query = new URL(redirectUrl(request, signer)).search;
  expect(openRedirectMessage(query, { certificates })).toMatchObject({
    ok: true,
    relayState: "it's",
    signatureVerified: true,
  });
  const { SAMLRequest = "" } = postFields(request, signer);
  expect(openPostedMessage("SAMLRequest", SAMLRequest, { certificates })).toMatchObject({
    ok: true,
    signatureVerified: true,
  });
});
