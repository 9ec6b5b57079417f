import { generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { join } from "node:path";
import express, { type Request, type Response } from "express";
import { z } from "zod";

// Started by polis.ts: the peer's library behind as little Express as it takes, by its documented API alone. Quiet logs, no
// webhooks, no analytics, ES256 as ours: whatever would cost it time and can be spared is spared.

const start = z.object({ packageFolder: z.string(), databaseUrl: z.string(), port: z.number() });

/** Of the library's controllers, what is called here. It is no dependency, so its own types are not at hand. */
interface Jackson {
  readonly connectionAPIController: {
    createSAMLConnection(connection: object): Promise<{ clientID: string; clientSecret: string }>;
  };
  readonly oauthController: {
    authorize(query: object): Promise<{ redirect_url?: string; error?: string }>;
    samlResponse(body: object): Promise<{ redirect_url?: string; error?: string }>;
    token(body: object, authorization?: string): Promise<object>;
    userInfo(accessToken: string): Promise<object>;
  };
  readonly directorySyncController: {
    readonly directories: {
      create(directory: object): Promise<{ data: { id: string; scim: { secret: string } } }>;
    };
    readonly requests: {
      handle(
        request: object,
        onEvent: (event: object) => Promise<void>,
      ): Promise<{ status: number; data?: object }>;
    };
  };
}
const isFunction = (value: unknown) => typeof value === "function";
const library = z.object({ controllers: z.custom<(options: object) => Promise<Jackson>>(isFunction) });

const PRODUCT = "bench";
const quiet = { info() {}, warn() {}, error() {} };

process.once("message", async (message) => {
  const { packageFolder, databaseUrl, port } = start.parse(message);
  const { controllers } = library.parse(
    createRequire(join(packageFolder, "package.json"))("@boxyhq/saml-jackson"),
  );
  const jackson = await controllers({
    externalUrl: `http://localhost:${port}`,
    samlPath: "/oauth/saml",
    scimPath: "/scim",
    samlAudience: "https://polis.bench.test",
    db: { engine: "sql", type: "postgres", url: databaseUrl },
    openid: { jwsAlg: "ES256", jwtSigningKeys: signingKeys() },
    noAnalytics: true,
    logger: quiet,
  });
  const server = createServer(routes(jackson));
  server.keepAliveTimeout = 65_000; // as the gateway's
  server.listen(port, () => void process.send?.({ ready: true }));
});

function routes(jackson: Jackson) {
  const app = express();
  app.disable("x-powered-by");
  const json = express.json({ type: ["application/json", "application/scim+json"], limit: "10mb" });
  const form = express.urlencoded({ extended: false, limit: "1mb" });
  const redirect = (res: Response, { redirect_url, error }: { redirect_url?: string; error?: string }) =>
    redirect_url === undefined || error !== undefined
      ? res.status(400).send(error)
      : res.redirect(302, redirect_url);

  app.get("/oauth/authorize", async (req, res) => {
    redirect(res, await jackson.oauthController.authorize(req.query));
  });
  app.post("/oauth/saml", form, async (req, res) => {
    redirect(res, await jackson.oauthController.samlResponse(req.body));
  });
  app.post("/oauth/token", form, async (req, res) => {
    res.json(await jackson.oauthController.token(req.body, req.headers.authorization));
  });
  app.get("/oauth/userinfo", async (req, res) => {
    res.json(await jackson.oauthController.userInfo(bearer(req)));
  });

  const scim = async (req: Request<{ directory: string; type: string; id?: string }>, res: Response) => {
    const { status, data } = await jackson.directorySyncController.requests.handle(
      {
        method: req.method,
        body: req.body,
        directoryId: req.params.directory,
        resourceType: req.params.type,
        resourceId: req.params.id,
        apiSecret: bearer(req),
        query: {
          count: Number(req.query.count),
          startIndex: Number(req.query.startIndex),
          filter: req.query.filter,
        },
      },
      async () => {}, // somebody who wants the events, and is done with each at once
    );
    res.status(status).json(data);
  };
  app.all("/scim/:directory/:type", json, scim);
  app.all("/scim/:directory/:type/:id", json, scim);

  app.post("/set-up/connections", json, async (req, res) => {
    const { slug, metadata, redirectUri } = req.body;
    const { clientID, clientSecret } = await jackson.connectionAPIController.createSAMLConnection({
      tenant: slug,
      product: PRODUCT,
      rawMetadata: metadata,
      defaultRedirectUrl: redirectUri,
      redirectUrl: [redirectUri],
    });
    res.status(201).json({ clientId: clientID, clientSecret });
  });
  app.post("/set-up/directories", json, async (req, res) => {
    const { data } = await jackson.directorySyncController.directories.create({
      tenant: req.body.slug,
      product: PRODUCT,
      name: req.body.slug,
      type: "okta-scim-v2",
    });
    res.status(201).json({ id: data.id, token: data.scim.secret });
  });
  return app;
}

const bearer = (req: Request<object>) => req.headers.authorization?.replace(/^Bearer /, "") ?? "";

function signingKeys() {
  const { privateKey, publicKey } = generateKeyPairSync("ec", {
    namedCurve: "P-256",
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  });
  return {
    private: Buffer.from(privateKey).toString("base64"),
    public: Buffer.from(publicKey).toString("base64"),
  };
}
