import { SAML } from "@node-saml/node-saml";
import type { SamlConnection } from "@sallyport/connections";
import { newId } from "@sallyport/database";
import {
  formFields,
  openPostedMessage,
  openRedirectMessage,
  redirectUrl,
  selfSignedCertificate,
} from "@sallyport/saml";
import { createTestIdp, newRsaKey } from "@sallyport/saml/testing";
import { describe, expect, it } from "vitest";
import { logoutRequest, logoutResponse, newMessageId } from "./messages.ts";

const publicUrl = "https://sso.example.test";
const destination = "https://idp.example.test/slo?tenant=a%20b";
const privateKey = newRsaKey();
const key = {
  privateKey,
  certificate: selfSignedCertificate({
    privateKey,
    commonName: "sp",
    notBefore: new Date("2024-01-01T00:00:00Z"),
    notAfter: new Date("2044-01-01T00:00:00Z"),
  }),
};
const connection: SamlConnection = {
  id: newId(),
  organizationId: newId(),
  type: "saml",
  provider: "generic",
  name: "SAML",
  settings: {
    idpEntityId: "https://idp.example.test/metadata",
    ssoUrl: "https://idp.example.test/sso",
    ssoBinding: "redirect",
    certificates: [createTestIdp().certificate],
    signRequests: false,
    allowSha1: false,
    forceAuthn: false,
  },
};
const spEntityId = `${publicUrl}/sso/saml/${connection.id}/metadata`;
const session = { nameId: "<jo> & 'co'", format: "urn:example:format", sessionIndex: '_"1"' };
const request = (id = newMessageId()) => logoutRequest(publicUrl, connection, { id, destination, session });
const response = (relayState?: string) =>
  logoutResponse(publicUrl, connection, { destination, inResponseTo: "_theirs", relayState });

/** An IdP as node-saml would check what we send it. */
const secondOpinion = () =>
  new SAML({
    issuer: connection.settings.idpEntityId,
    callbackUrl: "https://idp.example.test/slo",
    idpCert: key.certificate,
    idpIssuer: spEntityId,
    wantAuthnResponseSigned: true,
  });

const queryOf = (url: string) => new URL(url).search.slice(1);
const parametersOf = (url: string) => Object.fromEntries(new URL(url).searchParams);

describe("over HTTP-Redirect", () => {
  it("a request is what node-saml, too, reads as signed by us, of that person", async () => {
    const url = redirectUrl(await request(), key);
    const { profile, loggedOut } = await secondOpinion().validateRedirectAsync(
      parametersOf(url),
      queryOf(url),
    );
    expect(loggedOut).toBe(true);
    expect(profile).toMatchObject({
      nameID: session.nameId,
      nameIDFormat: session.format,
      issuer: spEntityId,
    });
    expect(profile?.sessionIndex).toBe(session.sessionIndex);
  });

  it("keeps the IdP's own query, and drops a fragment", async () => {
    const url = redirectUrl({ ...(await request()), destination: `${destination}#top` }, key);
    expect(url.startsWith(`${destination}&SAMLRequest=`)).toBe(true);
    expect(url).not.toContain("#");
  });

  it.each(["", "it's (theirs)*!", "ü €/?&=%+ ", "\u0000\n"])(
    "is signed over the octets that a browser sends, with relay state %j",
    async (relayState) => {
      // What a browser makes of the address before it goes there.
      const url = new URL(redirectUrl(await response(relayState), key)).href;
      expect(
        openRedirectMessage(queryOf(url).replace(/^tenant=[^&]*&/, ""), {
          certificates: [key.certificate],
        }),
      ).toMatchObject({ ok: true, kind: "SAMLResponse", relayState });
    },
  );
});

describe("over HTTP-POST", () => {
  it("a request is what node-saml, too, reads as signed by us, of that person", async () => {
    const { SAMLRequest = "", RelayState } = formFields(await request("_ours"), key);
    expect(RelayState).toBe("_ours");
    const { profile } = await secondOpinion().validatePostRequestAsync({ SAMLRequest });
    expect(profile).toMatchObject({
      ID: "_ours",
      nameID: session.nameId,
      sessionIndex: session.sessionIndex,
    });
  });

  it("a response is signed behind its issuer, where the schema wants it", async () => {
    const fields = formFields(await response(), key);
    expect(Object.keys(fields)).toEqual(["SAMLResponse"]);
    const xml = Buffer.from(fields.SAMLResponse ?? "", "base64").toString();
    expect(xml).toMatch(/<\/saml:Issuer><ds:Signature /);
    const opened = openPostedMessage("SAMLResponse", fields.SAMLResponse ?? "", {
      certificates: [key.certificate],
    });
    expect(opened).toMatchObject({ ok: true, signatureVerified: true });
    expect(opened.ok && opened.xml).toContain('InResponseTo="_theirs"');
  });
});
