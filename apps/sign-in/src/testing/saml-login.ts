import { inflateRawSync } from "node:zlib";
import { samlServiceProvider } from "@sallyport/connections";
import type { TestIdp, TestLogin } from "@sallyport/saml/testing";
import { type Browser, createBrowser, type Page } from "@sallyport/testing-browser";
import type { SignInFixture } from "./sign-in-fixture.ts";

/** A SAML login that has got as far as the IdP. */
export interface SamlRequest {
  readonly connectionId: string;
  readonly interactionId: string;
  readonly id: string;
  readonly xml: string;
  readonly relayState: string;
}

/** Sends the browser through /sign-in and reads the AuthnRequest that it would carry to the IdP. */
export async function startSaml(
  fixture: SignInFixture,
  browser: Browser,
  connectionId: string,
): Promise<SamlRequest> {
  const visit = await fixture.visit(browser, { connection: connectionId });
  return { ...readSamlRequest(visit, connectionId), interactionId: visit.interactionId };
}

/** The AuthnRequest that a redirect carries. */
export function readSamlRequest(visit: Page, connectionId: string): Omit<SamlRequest, "interactionId"> {
  if (visit.status !== 303) {
    throw new Error(`/sign-in answered ${visit.status}: ${visit.body}`);
  }
  const parameters = new URL(visit.location).searchParams;
  const xml = inflateRawSync(Buffer.from(parameters.get("SAMLRequest") ?? "", "base64")).toString();
  return {
    connectionId,
    id: /ID="([^"]+)"/.exec(xml)?.[1] ?? "",
    xml,
    relayState: parameters.get("RelayState") ?? "",
  };
}

/** What an honest IdP answers. */
export function answerSaml(
  fixture: SignInFixture,
  idp: TestIdp,
  request: Pick<SamlRequest, "connectionId" | "id">,
  login: Partial<TestLogin> = {},
): string {
  const { entityId, acsUrl } = samlServiceProvider(fixture.publicUrl, request.connectionId);
  return idp.signResponse({
    audience: entityId,
    acsUrl,
    inResponseTo: request.id,
    now: fixture.now(),
    ...login,
  });
}

/** Posts an answer as the IdP's page would: from another site, then again from our own. */
export async function postSaml(
  fixture: SignInFixture,
  browser: Browser,
  request: Pick<SamlRequest, "connectionId" | "relayState">,
  response: string,
): Promise<Page> {
  const { acsUrl } = samlServiceProvider(fixture.publicUrl, request.connectionId);
  const fields = { SAMLResponse: response, RelayState: request.relayState };
  const first = await browser.post(acsUrl, fields, "fromOtherSite");
  if (first.status !== 200 || first.form === null) {
    return first;
  }
  return browser.post(first.form.action, first.form.fields);
}

/** A whole login; the session's id, or the page it ended on. */
export async function loginBySaml(
  fixture: SignInFixture,
  idp: TestIdp,
  connectionId: string,
  login: Partial<TestLogin> = {},
  browser: Browser = createBrowser(),
): Promise<{ sessionId: string | null; visit: Page }> {
  const request = await startSaml(fixture, browser, connectionId);
  const visit = await postSaml(fixture, browser, request, answerSaml(fixture, idp, request, login));
  const sessionId = visit.location === "" ? null : new URL(visit.location).searchParams.get("session");
  return { sessionId, visit };
}
