import { inflateRawSync } from "node:zlib";
import { createTestIdp, escapeXml, type TestIdp, type TestLogin } from "@sallyport/saml/testing";
import express from "express";
import { listen } from "./listen.ts";

/** A SAML identity provider that was told of nobody: it answers whoever asks, at the address and for the audience that they name. */
export interface TrustingIdp {
  readonly idp: TestIdp;
  /** What it says otherwise from now on, as one that is set up wrongly does. */
  misbehave(login: Partial<TestLogin>): void;
  close(): Promise<void>;
}

/** Signs in Ann, with the groups that `attributes` of `misbehave` may name. */
export async function startTrustingIdp(email = "ann@acme.example"): Promise<TrustingIdp> {
  const app = express();
  const { url, close } = await listen(app);
  const idp = createTestIdp({ entityId: `${url}/issuer`, ssoUrl: `${url}/sso` });
  let otherwise: Partial<TestLogin> = {};
  app.get("/sso", (req, res) => {
    const query = new URL(req.originalUrl, url).searchParams;
    const request = inflateRawSync(Buffer.from(query.get("SAMLRequest") ?? "", "base64")).toString();
    const said = (pattern: RegExp) => pattern.exec(request)?.[1] ?? "";
    const acsUrl = said(/AssertionConsumerServiceURL="([^"]+)"/);
    const response = idp.signResponse({
      acsUrl,
      audience: said(/<(?:\w+:)?Issuer[^>]*>([^<]+)</),
      inResponseTo: said(/\bID="([^"]+)"/),
      nameId: email,
      attributes: { email, firstName: "Ann", lastName: "Archer" },
      ...otherwise,
    });
    const hidden = (name: string, value: string) =>
      `<input type="hidden" name="${name}" value="${escapeXml(value)}">`;
    res.send(
      `<form method="post" action="${escapeXml(acsUrl)}">${hidden("SAMLResponse", response)}${hidden("RelayState", query.get("RelayState") ?? "")}<button>Sign in as Ann</button></form>`,
    );
  });
  return {
    idp,
    misbehave: (login) => {
      otherwise = login;
    },
    close,
  };
}
