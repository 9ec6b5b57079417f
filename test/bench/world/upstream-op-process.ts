import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import Provider, { type Configuration } from "oidc-provider";
import { z } from "zod";

// Started by upstream-op.ts: tells its issuer, is told its one client, then signs in whomever login_hint names.

const client = z.object({ clientId: z.string(), clientSecret: z.string(), redirectUri: z.string() });
type Client = z.infer<typeof client>;

const SCOPES = "openid profile email";

const tell = (message: object) => void process.send?.(message);

const server = createServer();
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (address === null || typeof address === "string") {
    throw new Error("no port");
  }
  const issuer = `http://localhost:${address.port}`;
  process.once("message", (message) => {
    serve(new Provider(issuer, configuration(client.parse(message))), client.parse(message));
    tell({ ready: true });
  });
  tell({ issuer });
});

function serve(provider: Provider, { clientId }: Client): void {
  const handle = provider.callback();
  server.on("request", (req: IncomingMessage, res: ServerResponse) => {
    if (req.url?.startsWith("/interaction/")) {
      return void signIn(provider, clientId, req, res);
    }
    return void handle(req, res);
  });
}

async function signIn(provider: Provider, clientId: string, req: IncomingMessage, res: ServerResponse) {
  const { params } = await provider.interactionDetails(req, res);
  const accountId = z.string().parse(params.login_hint);
  const grant = new provider.Grant({ accountId, clientId });
  grant.addOIDCScope(SCOPES);
  const consent = { grantId: await grant.save() };
  await provider.interactionFinished(req, res, { login: { accountId }, consent });
}

function configuration({ clientId, clientSecret, redirectUri }: Client): Configuration {
  return {
    clients: [{ client_id: clientId, client_secret: clientSecret, redirect_uris: [redirectUri] }],
    claims: { profile: ["name", "given_name", "family_name"], email: ["email", "email_verified"] },
    conformIdTokenClaims: false, // as most big providers: the claims stand in the ID token
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_context, interaction) => `/interaction/${interaction.uid}` },
    findAccount: (_context, accountId) => ({
      accountId,
      claims: () => ({
        sub: accountId,
        email: accountId,
        email_verified: true,
        name: "Jo Example",
        given_name: "Jo",
        family_name: "Example",
      }),
    }),
    cookies: { keys: ["bench"] },
    ttl: { Interaction: 600, Session: 600, Grant: 600, AccessToken: 600, IdToken: 600 },
  };
}
