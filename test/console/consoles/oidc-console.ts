import { escapeXml } from "@sallyport/saml/testing";
import express, { type Request, type Response } from "express";
import Provider from "oidc-provider";
import { listen } from "./listen.ts";
import { type OidcConsole, type OidcField, TENANT } from "./oidc-facts.ts";
import { type ConsoleField, consolePage, type Typed } from "./page.ts";
import { ANN } from "./saml-facts.ts";

const MADE_UP_ID = "client-1";
const SECRET = "a-secret-that-is-long-enough-for-everybody";

/** A product's OpenID Connect pages, and a provider behind them that is made of nothing but what was typed there. */
export interface SimulatedOidc {
  readonly consoleUrl: string;
  /** The issuer, by what the pages show. */
  issuer(shown: Readonly<Record<string, string>>): string;
  close(): Promise<void>;
}

export async function startSimulatedOidc(product: OidcConsole): Promise<SimulatedOidc> {
  const app = express();
  const { url, close } = await listen(app);
  const issuer = `${url}${product.issuerPath}`;
  let configured: { readonly typed: Typed; readonly provider: Provider } | null = null;

  app.get("/console", (_req, res) => {
    const given = {
      clientId: configured === null ? "" : clientIdOf(product, configured.typed),
      clientSecret: SECRET,
      issuer,
      host: new URL(url).host,
      tenant: TENANT,
    };
    const shown = Object.entries(product.gives).map(([name, what]) => [name, given[what]] as const);
    const fields = Object.entries(product.fields).map(([name, field]) => [name, inputOf(field)] as const);
    res.send(consolePage(Object.fromEntries(fields), configured?.typed ?? null, Object.fromEntries(shown)));
  });
  app.post("/console", express.urlencoded({ extended: false }), (req, res) => {
    const typed = req.body as Typed;
    configured = { typed, provider: providerOf(product, typed, issuer) };
    res.redirect("/console");
  });
  app.get("/sign-in/:uid", (_req, res) => {
    const refusal = configured === null ? "Not set up" : refusalOf(product, configured.typed);
    if (refusal !== null) {
      return void res.status(403).send(`<h1>${escapeXml(refusal)}</h1>`);
    }
    res.send(`<form method="post"><button>Sign in as Ann</button></form>`);
  });
  app.post("/sign-in/:uid", async (req, res) => {
    if (configured !== null) {
      await signIn(configured.provider, clientIdOf(product, configured.typed), req, res);
    }
  });
  const mountedAt = product.issuerPath.replace(/\/$/, "") || "/";
  app.use(mountedAt, (req, res) => {
    if (configured === null) {
      return void res.status(404).end();
    }
    return void configured.provider.callback()(req, res);
  });
  return {
    consoleUrl: `${url}/console`,
    issuer: (shown) => product.issuerOf?.(shown, url) ?? issuer,
    close,
  };
}

async function signIn(provider: Provider, clientId: string, req: Request, res: Response): Promise<void> {
  const grant = new provider.Grant({ accountId: ANN.userId, clientId });
  grant.addOIDCScope("openid profile email");
  const consent = { grantId: await grant.save() };
  await provider.interactionFinished(req, res, { login: { accountId: ANN.userId }, consent });
}

function providerOf(product: OidcConsole, typed: Typed, issuer: string): Provider {
  const claims: Readonly<Record<string, string>> = {
    email: ANN.email,
    given_name: ANN.firstName,
    family_name: ANN.lastName,
  };
  const sent = Object.entries(claims).filter(
    ([name]) => product.fields[name]?.is !== "claim" || typed[name] === "on",
  );
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: clientIdOf(product, typed),
        client_secret: SECRET,
        redirect_uris: fieldsThat(product, "redirectUri").map((name) => typed[name] ?? ""),
        response_types: ["code"],
        grant_types: ["authorization_code"],
      },
    ],
    claims: { profile: ["given_name", "family_name"], email: ["email"] },
    conformIdTokenClaims: false,
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_ctx, interaction) => `/sign-in/${interaction.uid}` },
    findAccount: (_ctx, accountId) => ({
      accountId,
      claims: () => ({ ...Object.fromEntries(sent), sub: accountId }),
    }),
    cookies: { keys: ["test"] },
    ttl: { Interaction: 600, Session: 600, Grant: 600, AccessToken: 600, IdToken: 600 },
    renderError: (ctx, out) => {
      ctx.type = "html";
      ctx.body = `<h1>${escapeXml(out.error_description ?? out.error)}</h1>`;
    },
  });
  return provider;
}

function inputOf(field: OidcField): ConsoleField {
  switch (field.is) {
    case "redirectUri":
    case "clientId":
      return { is: "text" };
    case "choice":
      return field;
    case "needed":
      return field.options === undefined ? { is: "tick" } : { is: "choice", options: field.options };
    case "assigns":
    case "claim":
      return { is: "tick" };
  }
}

function refusalOf({ fields }: OidcConsole, typed: Typed): string | null {
  for (const [name, field] of Object.entries(fields)) {
    if (field.is === "assigns" && typed[name] === undefined) {
      return `You are not assigned to this application: ${name}`;
    }
    if (field.is === "needed" && typed[name] !== (field.options === undefined ? "on" : field.text)) {
      return `Not set up: ${name} has to be ${field.text}`;
    }
  }
  return null;
}

const clientIdOf = (product: OidcConsole, typed: Typed) =>
  fieldsThat(product, "clientId").map((name) => typed[name] ?? "")[0] ?? MADE_UP_ID;

const fieldsThat = (product: OidcConsole, is: OidcField["is"]) =>
  Object.entries(product.fields).flatMap(([name, field]) => (field.is === is ? [name] : []));
