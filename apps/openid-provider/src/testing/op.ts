import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type Database, newId } from "@sallyport/database";
import { createTestDatabase } from "@sallyport/database/testing";
import { defined } from "@sallyport/defined";
import { assignRequestId, createBrowserCookie } from "@sallyport/http";
import { createLogger } from "@sallyport/logging";
import { createSecretBox, digestToken, newEncryptionKey } from "@sallyport/secrets";
import { createSession } from "@sallyport/sessions/testing";
import { openSigningKeys, type SigningKeys } from "@sallyport/signing-keys";
import express from "express";
import * as client from "openid-client";
import { createOpenIdProvider, type OpenIdProvider } from "../index.ts";

export const REDIRECT_URI = "https://app.example.com/callback";
export const SIGNED_OUT_URI = "https://app.example.com/signed-out";

/** A running OpenID Provider on a database of its own, with an organization, a person and two applications. */
export interface TestOp {
  readonly url: string;
  readonly database: Database;
  readonly keys: SigningKeys;
  readonly op: OpenIdProvider;
  readonly organization: TestOrganization;
  readonly app: TestApp;
  readonly publicApp: TestApp;
  /** Each request as it is when it has been answered. */
  readonly requests: { readonly method: string; readonly path: string }[];
  /** What the logger wrote. */
  readonly logLines: string[];
  logoutsRequested(): number;
  /** Over the same database. */
  anotherProcess(): Promise<OpenIdProvider>;
  /** Over the same database, at an address of its own. */
  serveAnotherProcess(options?: {
    readonly stopping?: AbortSignal;
    readonly database?: Database;
  }): Promise<{ readonly url: string; close(): Promise<void> }>;
  /** Moves the clock of all that is ours; oidc-provider's own is the machine's. */
  passTime(ms: number): void;
  addOrganization(slug: string): Promise<TestOrganization>;
  addApp(options?: { public?: boolean; redirectUris?: string[] }): Promise<TestApp>;
  signIn(organization?: TestOrganization, authTime?: Date): Promise<string>;
  close(): Promise<void>;
}

export interface TestOrganization {
  readonly id: string;
  readonly slug: string;
  readonly connectionId: string;
  readonly identityId: string;
  readonly userId: string;
}

export interface TestApp {
  readonly id: string;
  readonly clientId: string;
  readonly secret: string | null;
  readonly configuration: client.Configuration;
}

export async function startTestOp(
  options: { publicUrl?: string; redisUrl?: string; checkAfterMs?: number } = {},
): Promise<TestOp> {
  const test = await createTestDatabase();
  const { database } = test;
  const logLines: string[] = [];
  let logoutsRequested = 0;
  let offset = 0;
  const now = () => new Date(Date.now() + offset);
  const secrets = createSecretBox([newEncryptionKey()]);
  const log = createLogger({ destination: { write: (line) => logLines.push(line) } });
  const express5 = express();
  const server = createServer(express5);
  const listening = await listen(server);
  const publicUrl = options.publicUrl ?? listening;
  const keys = await openSigningKeys({ database, secrets, now });
  const deps = {
    database,
    log,
    publicUrl,
    now,
    secrets,
    signingKeys: keys,
    requestLogout: () => {
      logoutsRequested += 1;
    },
    upstreamLogout: { redirectToIdp: async () => false },
    signInRedirect: { redirectToIdp: async () => false },
    waiting: { has: async () => false },
    checkAfterMs: options.checkAfterMs ?? 5,
    ...defined({ redisUrl: options.redisUrl }),
  };
  const op = await createOpenIdProvider(deps);
  const requests: { method: string; path: string }[] = [];
  express5.use((req, res, next) => {
    res.once("close", () => requests.push({ method: req.method, path: req.path }));
    next();
  });
  express5.use(assignRequestId(), op.router);
  const cookie = createBrowserCookie(publicUrl);
  // Where an IdP's answer arrives.
  express5.post("/answer/:id", async (req, res) => {
    const key = { id: req.params.id, browser: cookie.read(req) ?? "" };
    await op.interactions.resume(req, res, key, { sessionId: String(req.query.session) });
  });

  const addApp: TestOp["addApp"] = (more) => insertApp(database, publicUrl, more);
  const organization = await insertOrganization(database, "acme");
  return {
    url: listening,
    database,
    keys,
    op,
    organization,
    app: await addApp(),
    publicApp: await addApp({ public: true }),
    requests,
    logLines,
    logoutsRequested: () => logoutsRequested,
    anotherProcess: () => createOpenIdProvider(deps),
    serveAnotherProcess: async (more = {}) => {
      const other = await createOpenIdProvider({ ...deps, ...more });
      const app = express();
      app.use(assignRequestId(), other.router);
      const itsServer = createServer(app);
      const url = await listen(itsServer);
      return {
        url,
        close: async () => {
          itsServer.closeAllConnections();
          await new Promise((closed) => itsServer.close(closed));
          await other.close();
        },
      };
    },
    passTime: (ms) => {
      offset += ms;
    },
    addOrganization: (slug) => insertOrganization(database, slug),
    addApp,
    signIn: async (of = organization, authTime = now()) => {
      const id = await createSession(database.sql, {
        organizationId: of.id,
        userId: of.userId,
        connectionId: of.connectionId,
        identityId: of.identityId,
        amr: ["pwd"],
        acr: "urn:test:password",
        groups: ["Engineering"],
        idpSession: null,
        authTime,
        expiresAt: new Date(now().getTime() + 12 * 3_600_000),
      });
      if (id === null) {
        throw new Error("No session was created");
      }
      return id;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
      await op.close();
      await test.drop();
    },
  };
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((ready) => server.listen(0, "localhost", ready));
  return `http://localhost:${(server.address() as AddressInfo).port}`;
}

async function insertOrganization(database: Database, slug: string): Promise<TestOrganization> {
  const [id, connectionId, identityId, userId] = [newId(), newId(), newId(), newId()];
  const { prisma } = database;
  await prisma.organization.create({ data: { id, slug, name: slug } });
  await prisma.domain.create({
    data: { id: newId(), organizationId: id, name: `${slug}.com`, verifiedName: `${slug}.com` },
  });
  await prisma.connection.create({
    data: {
      id: connectionId,
      organizationId: id,
      type: "saml",
      provider: "okta",
      name: "Okta",
      settings: {},
    },
  });
  await prisma.user.create({
    data: {
      id: userId,
      organizationId: id,
      email: `ann@${slug}.com`,
      emailVerified: true,
      name: "Ann Ärger",
      givenName: "Ann",
      familyName: "Ärger",
      username: "ann",
    },
  });
  await prisma.identity.create({
    data: { id: identityId, organizationId: id, connectionId, issuer: "https://idp", subject: "ann", userId },
  });
  const membershipId = newId();
  await prisma.membership.create({
    data: { id: membershipId, organizationId: id, userId, source: "jit" },
  });
  const roleId = newId();
  await prisma.role.create({
    data: { id: roleId, organizationId: id, key: "admin", name: "Admin", permissions: ["billing:read"] },
  });
  await prisma.roleBinding.create({
    data: { id: newId(), organizationId: id, roleId, membershipId, source: "manual" },
  });
  return { id, slug, connectionId, identityId, userId };
}

async function insertApp(
  database: Database,
  publicUrl: string,
  options: { public?: boolean; redirectUris?: string[] } = {},
): Promise<TestApp> {
  const [id, clientId] = [newId(), newId()];
  const secret = options.public === true ? null : `${clientId}+secret/=&`;
  await database.prisma.application.create({
    data: {
      id,
      clientId,
      name: "The App",
      clientSecretDigest: secret === null ? null : Uint8Array.from(digestToken(secret)),
      redirectUris: options.redirectUris ?? [REDIRECT_URI],
      postLogoutRedirectUris: [SIGNED_OUT_URI],
      backchannelLogoutUri: "https://app.example.com/backchannel",
    },
  });
  const server = discoveryOf(publicUrl);
  const configuration = new client.Configuration(
    server,
    clientId,
    { use_mtls_endpoint_aliases: false },
    secret === null ? client.None() : client.ClientSecretBasic(secret),
  );
  client.allowInsecureRequests(configuration);
  return { id, clientId, secret, configuration };
}

function discoveryOf(issuer: string): client.ServerMetadata {
  return {
    issuer,
    authorization_endpoint: `${issuer}/oauth2/authorize`,
    token_endpoint: `${issuer}/oauth2/token`,
    pushed_authorization_request_endpoint: `${issuer}/oauth2/par`,
    userinfo_endpoint: `${issuer}/oauth2/userinfo`,
    introspection_endpoint: `${issuer}/oauth2/introspect`,
    revocation_endpoint: `${issuer}/oauth2/revoke`,
    end_session_endpoint: `${issuer}/oauth2/logout`,
    jwks_uri: `${issuer}/.well-known/jwks.json`,
    id_token_signing_alg_values_supported: ["RS256", "ES256"],
  };
}
