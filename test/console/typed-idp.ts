import type { AddressInfo } from "node:net";
import { inflateRawSync } from "node:zlib";
import { createTestIdp, type TestLogin } from "@sallyport/saml/testing";
import express from "express";

/** What somebody has typed into the fields of an IdP's console. */
export interface Typed {
  acsUrl: string;
  audience: string;
  attributes: Record<string, string>;
  /** What the product does beyond its fields. */
  more: Partial<TestLogin>;
}

/** An IdP that knows of the gateway nothing but what was typed into its console. */
export interface TypedIdp {
  readonly metadataUrl: string;
  readonly typed: Typed;
  close(): Promise<void>;
}

export async function startTypedIdp(): Promise<TypedIdp> {
  const typed: Typed = { acsUrl: "", audience: "", attributes: {}, more: {} };
  const app = express();
  const server = app.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const url = `http://localhost:${(server.address() as AddressInfo).port}`;
  const idp = createTestIdp({ entityId: `${url}/metadata`, ssoUrl: `${url}/sso` });

  app.get("/metadata", (_req, res) => void res.type("xml").send(idp.metadata()));
  app.get("/sso", (req, res) => {
    const request = new URL(req.originalUrl, url).searchParams;
    const response = idp.signResponse({
      acsUrl: typed.acsUrl,
      audience: typed.audience,
      inResponseTo: requestIdOf(request.get("SAMLRequest") ?? ""),
      nameId: "ann@acme.example",
      attributes: typed.attributes,
      ...typed.more,
    });
    const field = (name: string, value: string) => `<input type="hidden" name="${name}" value="${value}">`;
    res.send(
      `<form method="post" action="${typed.acsUrl}">${field("SAMLResponse", response)}${field("RelayState", request.get("RelayState") ?? "")}<button>Sign in as Ann</button></form>`,
    );
  });
  return {
    metadataUrl: `${url}/metadata`,
    typed,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function requestIdOf(deflated: string): string {
  const xml = inflateRawSync(Buffer.from(deflated, "base64")).toString();
  return /\bID="([^"]+)"/.exec(xml)?.[1] ?? "";
}
