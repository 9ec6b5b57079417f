import type { RequestListener } from "node:http";
import type { Logger } from "@sallyport/logging";
import type { TestIdp } from "@sallyport/saml/testing";
import express from "express";
import { ACME, BRAVO } from "../companies.ts";
import { oidcIdp } from "./oidc.ts";
import { type SamlIdpDeps, samlIdp } from "./saml.ts";

const SAML_PATH = "/saml";
const OIDC_PATH = "/oidc";

export const OIDC_CLIENT_ID = "sallyport";

export function oidcIssuer(idpUrl: string): string {
  return `${idpUrl}${OIDC_PATH}`;
}

export function samlUrls(idpUrl: string): { entityId: string; ssoUrl: string; sloUrl: string } {
  const entityId = `${idpUrl}${SAML_PATH}`;
  return { entityId, ssoUrl: `${entityId}/sso`, sloUrl: `${entityId}/slo` };
}

/** Where Acme's people find their applications. */
export function samlPortalUrl(idpUrl: string): string {
  return `${idpUrl}${SAML_PATH}/portal`;
}

export interface DemoIdpDeps {
  readonly url: string;
  readonly samlIdp: TestIdp;
  readonly serviceProvider: SamlIdpDeps["serviceProvider"];
  readonly oidcClient: { readonly secret: string; readonly redirectUri: string };
  readonly log: Logger;
}

/** Acme's SAML identity provider and Bravo's OpenID Connect one, on one server. Anybody may sign in as anybody. */
export async function createDemoIdp(deps: DemoIdpDeps): Promise<RequestListener> {
  const app = express();
  app.disable("x-powered-by");
  app.use(SAML_PATH, samlIdp({ company: ACME, idp: deps.samlIdp, serviceProvider: deps.serviceProvider }));
  app.use(
    OIDC_PATH,
    await oidcIdp({
      company: BRAVO,
      issuer: oidcIssuer(deps.url),
      client: { id: OIDC_CLIENT_ID, ...deps.oidcClient },
      log: deps.log,
    }),
  );
  return app;
}
