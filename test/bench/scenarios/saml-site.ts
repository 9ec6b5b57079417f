import { inflateRawSync } from "node:zlib";
import { createTestIdp } from "@sallyport/saml/testing";
import { type Browser, createBrowser, type Page, submitForm } from "@sallyport/testing-browser";
import type { SignIn } from "../world/relying-app.ts";
import type { SamlSite, Subject } from "../world/subject.ts";
import { takeTurns } from "./people.ts";

/** A tenant's people, who sign in by SAML, each in a browser without cookies. */
export interface SamlPeople {
  readonly tenantId: string;
  readonly domain: string;
  /** A whole sign-in. */
  login(): Promise<void>;
  /** Up to where the IdP has signed its response. */
  begin(): Promise<SamlAnswer>;
  /** Posts the response to the ACS as the IdP's page does; resolves to the redirect that the browser gets for it. */
  post(answer: SamlAnswer): Promise<Page>;
  /** From there to the code that the application is given. */
  receive(answer: SamlAnswer, page: Page): Promise<void>;
  /** From there to tokens and userinfo. */
  finish(answer: SamlAnswer, page: Page): Promise<void>;
}

/** A sign-in that waits for the IdP's response to be posted. */
export interface SamlAnswer {
  readonly email: string;
  readonly browser: Browser;
  readonly signIn: SignIn;
  readonly form: Readonly<Record<string, string>>;
}

export async function addSamlPeople(subject: Subject, slug: string): Promise<SamlPeople> {
  const domain = `${slug}.bench.test`;
  const idp = createTestIdp({ entityId: `https://idp.${domain}` });
  const site = await subject.addSamlSite(slug, domain, idp.metadata());
  const nextEmail = takeTurns(domain);
  const people: SamlPeople = {
    tenantId: site.tenantId,
    domain,
    async login() {
      const answer = await people.begin();
      await people.finish(answer, await people.post(answer));
    },
    async begin() {
      const email = nextEmail();
      const browser = createBrowser(subject.http);
      const signIn = await site.app.start(browser, email);
      const { searchParams } = new URL(signIn.page.location);
      const SAMLResponse = idp.signResponse({
        ...loginAt(site, email),
        inResponseTo: requestId(searchParams.get("SAMLRequest") ?? ""),
      });
      return {
        email,
        browser,
        signIn,
        form: { SAMLResponse, RelayState: searchParams.get("RelayState") ?? "" },
      };
    },
    async post({ browser, form }) {
      const first = await browser.post(site.acsUrl, form, "fromOtherSite");
      // Without our cookie, which a foreign post does not carry, our ACS has the browser post again.
      const page = first.location === "" ? await submitForm(browser, first) : first;
      if (page.location === "" || page.location.includes("error=")) {
        throw new Error(`the ACS answered ${page.status}, to ${page.location}: ${page.body.slice(0, 300)}`);
      }
      return page;
    },
    async receive({ browser, signIn }, page) {
      await site.app.receive(browser, signIn, page);
    },
    async finish({ email, browser, signIn }, page) {
      const told = await site.app.finish(browser, signIn, page);
      if (told !== email) {
        throw new Error(`${email} was signed in as ${told}`);
      }
    },
  };
  return people;
}

/** What an IdP asserts of somebody. */
export function loginAt({ spEntityId, acsUrl }: Pick<SamlSite, "spEntityId" | "acsUrl">, email: string) {
  return {
    audience: spEntityId,
    acsUrl,
    nameId: email,
    attributes: { firstName: "Jo", lastName: "Example", email, groups: ["Engineering", "Everyone"] },
  };
}

/** Of the AuthnRequest in the URL that the browser was sent to. */
function requestId(deflated: string): string | undefined {
  const request = inflateRawSync(Buffer.from(deflated, "base64")).toString();
  return / ID="([^"]+)"/.exec(request)?.[1];
}
