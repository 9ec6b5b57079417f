import { createBrowser, type Page } from "@sallyport/testing-browser";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { CALLBACK, type SignInStart } from "../../harness/application.ts";
import { type OidcSite, startOidcSite } from "../../harness/oidc-site.ts";
import { type ScriptedOp, startScriptedOp } from "../../harness/scripted-op.ts";
import { createVisitor, type Visitor } from "../visitor.ts";
import { type Keycloak, type Realm, startKeycloak } from "./keycloak.ts";

const HOME = process.env.KEYCLOAK ?? "";
const APP = new URL(CALLBACK).origin;
const ANN = { email: "ann@acme.example.test", username: "ann", password: "correct horse" };
const TIMEOUT = { timeout: 15_000 };

const made = z.object({ id: z.string() });
const created = z.object({ id: z.string(), clientId: z.string(), clientSecret: z.string() });
const session = z.object({ live: z.boolean() });
const check = z.object({ logout: z.object({ deliveries: z.array(z.object({ outcome: z.string() })) }) });
const oidcConnection = z.object({
  id: z.string(),
  oidc: z.object({
    redirectUri: z.string(),
    postLogoutRedirectUri: z.string(),
    backchannelLogoutUri: z.string(),
  }),
});
const samlConnection = z.object({ id: z.string(), saml: z.object({ spMetadataUrl: z.string() }) });

let keycloak: Keycloak;
let site: OidcSite;
beforeAll(async () => {
  site = await startOidcSite();
  keycloak = await startKeycloak(HOME);
}, 360_000);
afterAll(async () => {
  await keycloak?.stop();
  await site?.stop();
});

/** Somebody with a new browser, who comes from an application where nothing listens. */
const newVisitor = (): Visitor => createVisitor(createBrowser(), ANN, APP);

async function isLive(organization: string, sessionId: string): Promise<boolean> {
  return session.parse(await site.call("GET", `/organizations/${organization}/sessions/${sessionId}`, 200))
    .live;
}

/** A realm that knows Ann, as a member of the group Engineering. */
function addPeople(name: string): Promise<Realm> {
  return keycloak.addRealm(name, {
    groups: [{ name: "Engineering" }],
    users: [
      {
        username: ANN.username,
        email: ANN.email,
        emailVerified: true,
        firstName: "Ann",
        lastName: "Archer",
        enabled: true,
        groups: ["/Engineering"],
        credentials: [{ type: "password", value: ANN.password }],
      },
    ],
  });
}

async function addOrganization(slug: string, connection: object): Promise<unknown> {
  await site.call("POST", "/organizations", 201, {
    slug,
    name: slug,
    domains: slug === "oidc" ? ["acme.example.test"] : [],
  });
  await site.call("PUT", `/organizations/${slug}/group-mappings`, 200, [
    { group: "Engineering", role: "admin" },
  ]);
  return site.call("POST", `/organizations/${slug}/connections`, 201, {
    name: "Keycloak",
    provider: "keycloak",
    ...connection,
  });
}

/** What Keycloak has to be able to do as the identity provider of an organization. */
function describeIdp(organization: string, realm: () => Realm): void {
  async function signIn(visitor = newVisitor()) {
    const start: SignInStart = site.application.startUrl({ organization });
    const page = await visitor.visit(start.url);
    const claims = await site.application.claimsOf(start, page.location || told(page));
    return { visitor, claims };
  }

  it("signs in, with groups and roles", async () => {
    const { claims } = await signIn();
    expect(claims).toMatchObject({
      email: ANN.email,
      given_name: "Ann",
      family_name: "Archer",
      idp: "keycloak",
      roles: expect.arrayContaining(["admin"]),
    });
  });

  it("signs out there when people sign out here", async () => {
    await realm().signOut(ANN.email);
    const { visitor, claims } = await signIn();
    expect(await realm().sessionsOf(ANN.email)).toBe(1);
    const last = await visitor.visit(site.application.signOutUrl);
    expect(last.location || told(last)).toContain(site.application.signedOutUri);
    expect(await isLive(organization, claims.sid)).toBe(false);
    expect(await realm().sessionsOf(ANN.email)).toBe(0);
  });

  it("signs out here when Keycloak ends its session", async () => {
    const { claims } = await signIn();
    expect(await isLive(organization, claims.sid)).toBe(true);
    await realm().signOut(ANN.email);
    await expect.poll(() => isLive(organization, claims.sid), TIMEOUT).toBe(false);
  });
}

const told = (page: Page) =>
  `${page.url} answered ${page.status}: ${page.body.replace(/\s+/g, " ").slice(-3000)}`;

describe("Keycloak behind us, by OpenID Connect", () => {
  let realm: Realm;
  beforeAll(async () => {
    realm = await addPeople("people-oidc");
    const connection = await addOrganization("oidc", {
      type: "oidc",
      oidc: { issuer: realm.issuer, clientId: "gateway", clientSecret: "a secret of some length" },
    });
    const { oidc } = oidcConnection.parse(connection);
    await realm.admin("POST", "/clients", {
      clientId: "gateway",
      secret: "a secret of some length",
      redirectUris: [oidc.redirectUri],
      attributes: {
        "post.logout.redirect.uris": oidc.postLogoutRedirectUri,
        "backchannel.logout.url": oidc.backchannelLogoutUri,
        "backchannel.logout.session.required": "true",
      },
      protocolMappers: [
        {
          name: "groups",
          protocol: "openid-connect",
          protocolMapper: "oidc-group-membership-mapper",
          config: { "claim.name": "groups", "full.path": "true", "id.token.claim": "true" },
        },
      ],
    });
  });
  describeIdp("oidc", () => realm);
});

describe("Keycloak behind us, by SAML", () => {
  let realm: Realm;
  beforeAll(async () => {
    realm = await addPeople("people-saml");
    const metadataUrl = `${realm.issuer}/protocol/saml/descriptor`;
    const { saml } = samlConnection.parse(
      await addOrganization("saml", { type: "saml", saml: { metadataUrl } }),
    );
    const metadata = await (await fetch(saml.spMetadataUrl)).text();
    const client = z.looseObject({ attributes: z.record(z.string(), z.string()) });
    const read = client.parse(await realm.admin("POST", "/client-description-converter", metadata));
    await realm.admin("POST", "/clients", {
      ...read,
      frontchannelLogout: false, // so that an administrator's sign-out reaches us: no browser is there
      protocolMappers: [
        attribute("email", "email", "urn:oid:1.2.840.113549.1.9.1"),
        attribute("firstName", "givenName", "urn:oid:2.5.4.42"),
        attribute("lastName", "surname", "urn:oid:2.5.4.4"),
        {
          name: "groups",
          protocol: "saml",
          protocolMapper: "saml-group-membership-mapper",
          config: { "attribute.name": "member", "full.path": "true", single: "true" },
        },
      ],
    });
  });
  describeIdp("saml", () => realm);

  function attribute(property: string, friendly: string, name: string) {
    return {
      name: friendly,
      protocol: "saml",
      protocolMapper: "saml-user-property-mapper",
      config: {
        "user.attribute": property,
        "friendly.name": friendly,
        "attribute.name": name,
        "attribute.nameformat": "URI Reference",
      },
    };
  }
});

// Without `session_state` in the token response, its session outlives ours, although it answers the logout token with 200.
describe("Keycloak in front of us, as a broker", () => {
  const ALIAS = "sallyport";
  let idp: ScriptedOp;
  let realm: Realm;
  let applicationId: string;
  beforeAll(async () => {
    idp = await startScriptedOp();
    const { email } = ANN;
    idp.claims = { sub: "ann", email, email_verified: true, given_name: "Ann", family_name: "Archer" };
    await site.addTenant("acme", idp, {}, ["broker.example.test"]);
    realm = await keycloak.addRealm("broker");
    const endpoint = `${realm.issuer}/broker/${ALIAS}/endpoint`;
    const application = created.parse(
      await site.call("POST", "/applications", 201, {
        name: "Keycloak",
        redirectUris: [endpoint],
        postLogoutRedirectUris: [`${endpoint}/logout_response`],
        backchannelLogoutUri: `${realm.issuer}/protocol/openid-connect/logout/backchannel-logout`,
      }),
    );
    applicationId = application.id;
    await realm.admin("POST", "/identity-provider/instances", {
      alias: ALIAS,
      providerId: "oidc",
      enabled: true,
      trustEmail: true,
      config: {
        issuer: site.gateway.url,
        authorizationUrl: `${site.gateway.url}/oauth2/authorize?organization=acme`,
        tokenUrl: `${site.gateway.url}/oauth2/token`,
        userInfoUrl: `${site.gateway.url}/oauth2/userinfo`,
        logoutUrl: `${site.gateway.url}/oauth2/logout`,
        jwksUrl: `${site.gateway.url}/.well-known/jwks.json`,
        useJwksUrl: "true",
        validateSignature: "true",
        backchannelSupported: "false",
        clientId: application.clientId,
        clientSecret: application.clientSecret,
        clientAuthMethod: "client_secret_basic",
        pkceEnabled: "true",
        pkceMethod: "S256",
        defaultScope: "openid email profile",
      },
    });
    await realm.admin("POST", "/clients", {
      clientId: "wiki",
      publicClient: true,
      redirectUris: [CALLBACK],
      attributes: { "post.logout.redirect.uris": APP },
    });
  });
  afterAll(() => idp?.close());

  async function signIn(): Promise<Visitor> {
    const visitor = newVisitor();
    const query = new URLSearchParams({
      client_id: "wiki",
      redirect_uri: CALLBACK,
      response_type: "code",
      scope: "openid",
      kc_idp_hint: ALIAS,
    });
    const page = await visitor.visit(`${realm.issuer}/protocol/openid-connect/auth?${query}`);
    expect(page.location || told(page)).toContain(`${CALLBACK}?`);
    return visitor;
  }

  async function liveSessions(): Promise<string[]> {
    const { items } = z
      .object({ items: z.array(made) })
      .parse(await site.call("GET", "/organizations/acme/sessions?live=true", 200));
    return items.map(({ id }) => id);
  }

  it("signs in through us", async () => {
    await signIn();
    expect(await realm.sessionsOf(ANN.email)).toBe(1);
    await realm.signOut(ANN.email);
  });

  it("ends its session once ours is revoked", async () => {
    const before = await liveSessions();
    await signIn();
    const [id] = (await liveSessions()).filter((each) => !before.includes(each));
    expect(await realm.sessionsOf(ANN.email)).toBe(1);
    await site.call("DELETE", `/organizations/acme/sessions/${id}`, 204);
    await expect.poll(() => realm.sessionsOf(ANN.email), TIMEOUT).toBe(0);
    const told = check.parse(await site.call("GET", `/applications/${applicationId}/check`, 200));
    expect(told.logout.deliveries[0]?.outcome).toBe("answered");
  });

  it("signs out at us, too, when people sign out there", async () => {
    const before = await liveSessions();
    const visitor = await signIn();
    expect(await liveSessions()).toHaveLength(before.length + 1);
    const query = new URLSearchParams({ client_id: "wiki", post_logout_redirect_uri: APP });
    await visitor.visit(`${realm.issuer}/protocol/openid-connect/logout?${query}`);
    expect(await realm.sessionsOf(ANN.email)).toBe(0);
    expect(await liveSessions()).toEqual(before);
  });
});
