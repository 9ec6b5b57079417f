import { defined } from "@sallyport/defined";
import { openPostedMessage, openRedirectMessage } from "@sallyport/saml";
import {
  createTestIdp,
  type TestIdp,
  type TestLogin,
  type TestLogoutMessage,
  type TestLogoutRequest,
} from "@sallyport/saml/testing";
import { type Browser, formOf, type Page, submitForm } from "@sallyport/testing-browser";
import { z } from "zod";
import { CALLBACK } from "../../harness/application.ts";
import { type SamlSite, type SamlTenant, startSamlSite } from "../../harness/saml-site.ts";
import { answer, signIn } from "./victim.ts";

const IDP_SLO = "https://idp.example.test/slo";
export const SIGNED_OUT = "https://app.example.test/signed-out";

/** The gateway with an organization whose people the attacks below want to sign out, or to lead astray. */
export interface LogoutVictim {
  readonly site: SamlSite;
  readonly idp: TestIdp;
  readonly acme: LogoutTenant;
  addTenant(slug: string, idp: TestIdp): Promise<LogoutTenant>;
  isLive(person: Person): Promise<boolean>;
  /** Takes a sign-out of the person's browser as far as to the IdP. */
  leave(person: Person): Promise<OutgoingLogout>;
  stop(): Promise<void>;
}

export interface LogoutTenant extends SamlTenant {
  readonly sloUrl: string;
  signIn(login?: Partial<TestLogin>): Promise<Person>;
  /** What an honest IdP asks, with `changes`. */
  logoutOf(changes?: Partial<TestLogoutRequest>): TestLogoutMessage;
  /** Brings a query or form fields, by a browser without cookies. */
  bring(message: string | Readonly<Record<string, string>>): Promise<Page>;
}

export interface Person {
  readonly browser: Browser;
  readonly sessionId: string;
}

/** Our LogoutRequest on its way. */
export interface OutgoingLogout {
  readonly id: string;
  readonly relayState: string;
}

export const newLogoutIdp = (entityId?: string): TestIdp =>
  createTestIdp({ sloUrl: IDP_SLO, ...defined({ entityId }) });

export async function startLogoutVictim(): Promise<LogoutVictim> {
  const site = await startSamlSite();
  const idp = newLogoutIdp();
  const { body } = await site.gateway.api("POST", "/applications", {
    name: "Signs out",
    redirectUris: [CALLBACK],
    postLogoutRedirectUris: [SIGNED_OUT],
    public: true,
  });
  const { clientId } = z.object({ clientId: z.string() }).parse(body);
  const { prisma } = site.gateway.database;

  const addTenant = async (slug: string, of: TestIdp): Promise<LogoutTenant> => {
    const tenant = await site.addTenant(slug, { metadataXml: of.metadata() });
    const sloUrl = tenant.acsUrl.replace(/acs$/, "slo");
    return {
      ...tenant,
      sloUrl,
      async signIn(login = {}) {
        const browser = site.newBrowser();
        const respond = (departure: { id: string }) => answer(tenant, of, departure, login);
        const { departure, page } = await signIn(tenant, browser, respond);
        const { sid } = await tenant.arrive(browser, departure, page);
        return { browser, sessionId: sid };
      },
      logoutOf: (changes = {}) => of.logoutRequest({ destination: sloUrl, ...changes }),
      bring: (message) =>
        typeof message === "string"
          ? site.newBrowser().get(`${sloUrl}?${message}`)
          : site.newBrowser().post(sloUrl, message, "fromOtherSite"),
    };
  };

  return {
    site,
    idp,
    acme: await addTenant("acme", idp),
    addTenant,
    async isLive({ sessionId }) {
      const session = await prisma.session.findUniqueOrThrow({ where: { id: sessionId } });
      return session.revokedAt === null;
    },
    async leave({ browser }) {
      const target = { client_id: clientId, post_logout_redirect_uri: SIGNED_OUT };
      const asked = await browser.get(`${site.gateway.url}/oauth2/logout?${new URLSearchParams(target)}`);
      const { location } = await submitForm(browser, asked);
      const message = openRedirectMessage(new URL(location).search);
      const id = message.ok ? / ID="([^"]+)"/.exec(message.xml)?.[1] : undefined;
      if (!message.ok || id === undefined) {
        throw new Error(`The sign-out went to ${location}`);
      }
      return { id, relayState: message.relayState ?? "" };
    },
    stop: () => site.stop(),
  };
}

/** Whether a logout request was obeyed: it is answered, over either binding, rather than refused by a page. */
export function obeyed(page: Page): boolean {
  if (page.status === 303) {
    return page.location.startsWith(`${IDP_SLO}?SAMLResponse=`);
  }
  if (page.status !== 200) {
    return false;
  }
  return openPostedMessage("SAMLResponse", formOf(page).fields.SAMLResponse ?? "").ok;
}
