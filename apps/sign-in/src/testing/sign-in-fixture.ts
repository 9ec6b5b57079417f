import type { AddressInfo } from "node:net";
import { clientSecretContext, type OidcSettings, type SamlSettings } from "@sallyport/connections";
import { newId } from "@sallyport/database";
import { createTestDatabase, type TestDatabase } from "@sallyport/database/testing";
import { assignRequestId } from "@sallyport/http";
import type { SignInRequest } from "@sallyport/interactions";
import { createLogger } from "@sallyport/logging";
import { createOutbound } from "@sallyport/outbound";
import type { TestIdp } from "@sallyport/saml/testing";
import { createSecretBox, newEncryptionKey, newToken, type SecretBox } from "@sallyport/secrets";
import type { Browser, Page } from "@sallyport/testing-browser";
import express, { type Router } from "express";
import { createSignIn, type SignInDeps } from "../index.ts";
import { type MemoryInteractions, memoryInteractions } from "./memory-interactions.ts";

/** The IdP-facing half of the broker (or what `compose` makes with it) over real HTTP, on a database of its own. */
export interface SignInFixture {
  readonly publicUrl: string;
  readonly database: TestDatabase["database"];
  readonly interactions: MemoryInteractions;
  readonly secrets: SecretBox;
  readonly logged: readonly string[];
  /** How often an IdP's metadata was to be looked at. */
  readonly metadataRequests: { count: number };
  /** Moves the gateway's clock ahead. */
  advance(milliseconds: number): void;
  now(): Date;
  /** Opens a sign-in for a browser, as the OpenID Provider would, and goes to its page. */
  visit(browser: Browser, request?: Partial<SignInRequest>): Promise<Page & { interactionId: string }>;
  addOrganization(slug: string, domains?: readonly string[]): Promise<string>;
  addSamlConnection(
    organizationId: string,
    idp: TestIdp,
    options?: { provider?: string; name?: string; settings?: Partial<SamlSettings> },
  ): Promise<string>;
  addOidcConnection(
    organizationId: string,
    settings: Omit<OidcSettings, "scopes"> & { scopes?: string[] },
    options?: { provider?: string; name?: string },
  ): Promise<string>;
  addRole(organizationId: string, key: string, groups?: readonly string[]): Promise<string>;
  close(): Promise<void>;
}

/** @param compose what is served; default: the routes of sign-in */
export async function createSignInFixture(
  compose: (deps: SignInDeps & { readonly interactions: MemoryInteractions }) => Router | Promise<Router> = (
    deps,
  ) => createSignIn(deps).routes(deps.interactions),
): Promise<SignInFixture> {
  const { database, drop } = await createTestDatabase();
  const secrets = createSecretBox([newEncryptionKey()]);
  const outbound = createOutbound({ allow: ["127.0.0.0/8", "::1/128"] });
  const interactions = memoryInteractions();
  const logged: string[] = [];
  let ahead = 0;
  const now = () => new Date(Date.now() + ahead);

  const app = express();
  const server = app.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const publicUrl = `http://localhost:${(server.address() as AddressInfo).port}`;
  const log = createLogger({ destination: { write: (line) => void logged.push(line) } });
  const metadataRequests = { count: 0 };
  const requestMetadata = () => {
    metadataRequests.count += 1;
  };
  const deps = { database, log, publicUrl, now, secrets, outbound, interactions, requestMetadata };
  app.use(assignRequestId(), await compose(deps));

  const { prisma } = database;
  return {
    publicUrl,
    database,
    interactions,
    secrets,
    logged,
    metadataRequests,
    now,
    advance: (milliseconds) => {
      ahead += milliseconds;
    },
    async visit(browser, request) {
      const token = browser.cookies.value(publicUrl, "sallyport-browser") ?? newToken("browser");
      for (const name of ["sallyport-browser", "__Host-sallyport-browser"]) {
        browser.cookies.hold(publicUrl, name, token);
      }
      const interactionId = interactions.open(token, request);
      return Object.assign(await browser.get(`${publicUrl}/sign-in/${interactionId}`), { interactionId });
    },
    async addOrganization(slug, domains = []) {
      const id = newId();
      await prisma.organization.create({
        data: {
          id,
          slug,
          name: slug.toUpperCase(),
          domains: {
            create: domains.map((name) => ({
              id: newId(),
              name,
              verifiedName: name,
              verifiedAt: new Date(),
            })),
          },
          roles: { create: [{ id: newId(), key: "member", name: "Member", permissions: [] }] },
        },
      });
      return id;
    },
    async addSamlConnection(organizationId, idp, { provider = "generic", name = "SAML", settings } = {}) {
      const id = newId();
      const all: SamlSettings = {
        idpEntityId: idp.entityId,
        ssoUrl: "https://idp.example.test/sso",
        ssoBinding: "redirect",
        certificates: [idp.certificate],
        signRequests: false,
        allowSha1: false,
        forceAuthn: false,
        ...settings,
      };
      await prisma.connection.create({
        data: { id, organizationId, type: "saml", provider, name, settings: all },
      });
      return id;
    },
    async addOidcConnection(organizationId, settings, { provider = "generic", name = "OIDC" } = {}) {
      const id = newId();
      const { clientSecret, ...rest } = settings;
      const all: OidcSettings = {
        scopes: ["openid", "profile", "email"],
        ...rest,
        ...(clientSecret === undefined
          ? {}
          : { clientSecret: secrets.seal(clientSecret, clientSecretContext(id)) }),
      };
      await prisma.connection.create({
        data: { id, organizationId, type: "oidc", provider, name, settings: all },
      });
      return id;
    },
    async addRole(organizationId, key, groups = []) {
      const id = newId();
      await prisma.role.create({ data: { id, organizationId, key, name: key, permissions: [] } });
      for (const group of groups) {
        await prisma.groupMapping.create({
          data: { id: newId(), organizationId, group, groupKey: group.toLowerCase(), roleId: id },
        });
      }
      return id;
    },
    async close() {
      await new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      });
      await outbound.close();
      await drop();
    },
  };
}
