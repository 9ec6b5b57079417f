import type { Logger } from "@sallyport/logging";
import express, { type Router } from "express";
import { exportJWK, generateKeyPair, type JWK } from "jose";
import Provider, { interactionPolicy } from "oidc-provider";
import { type Company, findPerson, fullName } from "../companies.ts";
import { PASSWORD } from "./authentication.ts";
import { memoryAdapter } from "./memory-adapter.ts";
import { renderIdpError, sendIdpError, sendPeoplePage } from "./pages.ts";

const SHORT_SECONDS = 10 * 60;
const LONG_SECONDS = 60 * 60;

export interface OidcIdpDeps {
  readonly company: Company;
  readonly issuer: string;
  /** The only client: the gateway. */
  readonly client: { readonly id: string; readonly secret: string; readonly redirectUri: string };
  readonly log: Logger;
}

/** An OpenID Connect identity provider, in memory. */
export async function oidcIdp({ company, issuer, client, log }: OidcIdpDeps): Promise<Router> {
  const provider = new Provider(issuer, {
    adapter: memoryAdapter(),
    jwks: { keys: [await newSigningKey()] },
    ttl: {
      AuthorizationCode: SHORT_SECONDS,
      Interaction: SHORT_SECONDS,
      AccessToken: LONG_SECONDS,
      Grant: LONG_SECONDS,
      IdToken: LONG_SECONDS,
      Session: LONG_SECONDS,
    },
    acrValues: [PASSWORD.acr],
    clients: [
      {
        client_id: client.id,
        client_secret: client.secret,
        redirect_uris: [client.redirectUri],
        grant_types: ["authorization_code"],
        response_types: ["code"],
      },
    ],
    claims: {
      openid: ["sub", "auth_time", "acr", "amr"],
      profile: ["name", "given_name", "family_name", "preferred_username"],
      email: ["email", "email_verified"],
    },
    conformIdTokenClaims: false,
    features: { devInteractions: { enabled: false } },
    renderError: (ctx, out) => {
      ctx.type = "html";
      ctx.body = renderIdpError(out.error_description ?? out.error);
    },
    interactions: {
      policy: [askEveryTime()],
      url: (_ctx, interaction) => `${new URL(issuer).pathname}/sign-in/${interaction.uid}`,
    },
    loadExistingGrant: async (ctx) => {
      const { client: asking, session } = ctx.oidc;
      if (asking === undefined || session?.accountId === undefined) {
        return undefined;
      }
      const grant = new provider.Grant({ clientId: asking.clientId, accountId: session.accountId });
      grant.addOIDCScope("openid profile email");
      await grant.save();
      return grant;
    },
    findAccount: (_ctx, subject) => {
      const person = company.people.find((candidate) => subjectOf(candidate.email) === subject);
      if (person === undefined) {
        return undefined;
      }
      return {
        accountId: subject,
        claims: () => ({
          sub: subject,
          ...PASSWORD,
          email: person.email,
          email_verified: true,
          name: fullName(person),
          given_name: person.givenName,
          family_name: person.familyName,
          preferred_username: person.email,
        }),
      };
    },
  });
  provider.on("server_error", (_ctx, error) => log.error({ err: error }, "demo identity provider"));

  const router = express.Router();
  router.get("/sign-in/:uid", (_req, res) =>
    sendPeoplePage(res, company, { action: "", formTargets: ["http:", "https:"] }),
  );
  router.post("/sign-in/:uid", express.urlencoded({ extended: false, limit: "10kb" }), async (req, res) => {
    const email: unknown = req.body?.person;
    const person = typeof email === "string" ? findPerson(company, email) : undefined;
    if (person === undefined) {
      return sendIdpError(res, "Nobody of that name works here.");
    }
    await provider.interactionFinished(req, res, {
      login: { accountId: subjectOf(person.email), acr: PASSWORD.acr, amr: [...PASSWORD.amr] },
    });
  });
  router.use(provider.callback());
  return router;
}

async function newSigningKey(): Promise<JWK> {
  const { privateKey } = await generateKeyPair("RS256", { extractable: true });
  return exportJWK(privateKey);
}

// An IdP's subject is opaque: not the address, but stable.
function subjectOf(email: string): string {
  return `demo|${Buffer.from(email).toString("base64url")}`;
}

/** The login prompt of a demo: choose again at every sign-in, since one person plays them all. */
function askEveryTime() {
  const { Check, Prompt } = interactionPolicy;
  return new Prompt(
    { name: "login", requestable: true },
    new Check("choose_person", "somebody must be chosen", (ctx) =>
      ctx.oidc.result?.login === undefined ? Check.REQUEST_PROMPT : Check.NO_NEED_TO_PROMPT,
    ),
  );
}
