import { SAML } from "@node-saml/node-saml";
import { describe, expect, it } from "vitest";
import { newMessageId } from "../bindings/message-id.ts";
import { openPostedMessage, postFields } from "../bindings/post.ts";
import { openRedirectMessage, redirectUrl } from "../bindings/redirect.ts";
import { createTestIdp } from "../testing/index.ts";
import { createLogoutRequest, createLogoutResponse } from "./create.ts";

const issuer = "https://sso.example.test/sso/saml/1/metadata";
const destination = "https://idp.example.test/slo?tenant=a%20b";
const now = new Date("2026-06-01T12:00:00Z");
const signer = createTestIdp().signer;
const certificates = [signer.certificate];
const subject = { nameId: "<jo> & 'co'\r\n", format: "urn:example:format" };
const sessionIndex = '_"1"';

const request = (id = newMessageId()) =>
  createLogoutRequest({ issuer, destination, now, id, subject, sessionIndex });
const response = (relayState?: string) =>
  createLogoutResponse({ issuer, destination, now, inResponseTo: "_theirs", relayState });

/** An IdP as node-saml would check what we send it. */
const secondOpinion = () =>
  new SAML({
    issuer: "https://idp.example.test/metadata",
    callbackUrl: "https://idp.example.test/slo",
    idpCert: signer.certificate,
    idpIssuer: issuer,
    wantAuthnResponseSigned: true,
  });

const queryOf = (url: string) => new URL(url).search.slice(1);
const parametersOf = (url: string) => Object.fromEntries(new URL(url).searchParams);

describe("over HTTP-Redirect", () => {
  it("a request is what node-saml, too, reads as signed by us, of that person", async () => {
    const url = redirectUrl(request(), signer);
    const { profile, loggedOut } = await secondOpinion().validateRedirectAsync(
      parametersOf(url),
      queryOf(url),
    );
    expect(loggedOut).toBe(true);
    expect(profile).toMatchObject({ nameID: subject.nameId, nameIDFormat: subject.format, issuer });
    expect(profile?.sessionIndex).toBe(sessionIndex);
  });

  it("keeps the IdP's own query, and drops a fragment", () => {
    const url = redirectUrl({ ...request(), destination: `${destination}#top` }, signer);
    expect(url.startsWith(`${destination}&SAMLRequest=`)).toBe(true);
    expect(url).not.toContain("#");
  });

  it.each(["", "it's (theirs)*!", "ü €/?&=%+ ", "\u0000\n"])(
    "is signed over the octets that a browser sends, with relay state %j",
    (relayState) => {
      // What a browser makes of the address before it goes there.
      const url = new URL(redirectUrl(response(relayState), signer)).href;
      const query = queryOf(url).replace(/^tenant=[^&]*&/, "");
      expect(openRedirectMessage(query, { certificates })).toMatchObject({
        ok: true,
        kind: "SAMLResponse",
        relayState,
      });
    },
  );
});

describe("over HTTP-POST", () => {
  it("a request is what node-saml, too, reads as signed by us, of that person", async () => {
    const { SAMLRequest = "", RelayState } = postFields(request("_ours"), signer);
    expect(RelayState).toBe("_ours");
    const { profile } = await secondOpinion().validatePostRequestAsync({ SAMLRequest });
    expect(profile).toMatchObject({ ID: "_ours", nameID: subject.nameId, sessionIndex });
  });

  it("a response is signed behind its issuer, where the schema wants it", () => {
    const fields = postFields(response(), signer);
    expect(Object.keys(fields)).toEqual(["SAMLResponse"]);
    const xml = Buffer.from(fields.SAMLResponse ?? "", "base64").toString();
    expect(xml).toMatch(/<\/saml:Issuer><ds:Signature /);
    const opened = openPostedMessage("SAMLResponse", fields.SAMLResponse ?? "", { certificates });
    expect(opened).toMatchObject({ ok: true, signatureVerified: true });
    expect(opened.ok && opened.xml).toContain('InResponseTo="_theirs"');
  });
});

it("names the person with the qualifiers that the IdP gave, and no session where there is none", () => {
  const qualified = { ...subject, nameQualifier: "their & own", spNameQualifier: "ours" };
  const { xml } = createLogoutRequest({
    issuer,
    destination,
    now,
    id: "_1",
    subject: qualified,
    sessionIndex: undefined,
  });
  expect(xml).toContain('NameQualifier="their &amp; own" SPNameQualifier="ours">&lt;jo&gt;');
  expect(xml).not.toContain("SessionIndex");
  expect(xml).toContain('IssueInstant="2026-06-01T12:00:00.000Z"');
});
