/**
 * Whatever URL the gateway asks because somebody named it is a way into the operator's network: by an address in a notation
 * that a check does not know, by a name that leads inside, by one that leads there the second time only (DNS rebinding), by
 * a redirect. So each caller is given each of them; and each URL that the management API takes is known to be asked by a
 * caller here, or by browsers alone. CWE-918, CWE-350, CWE-601, CWE-367; OWASP API7:2023.
 */

import { randomUUID } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createTestIdp } from "@sallyport/saml/testing";
import { addPerson } from "@sallyport/sessions/testing";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { type OidcSite, startOidcSite } from "../../harness/oidc-site.ts";
import { type ScriptedOp, startScriptedOp } from "../../harness/scripted-op.ts";
import { addApp, PUSH, type SignalApp } from "../../harness/signals.ts";
import { type Inside, NAMES, startInside, waysInside } from "./addresses.ts";

const made = z.object({ id: z.string() });
const ALLOWED = "127.0.0.1/32";

let inside: Inside;
let outside: Server;
/** What came to `outside`: paths. */
let visitors: string[];
let site: OidcSite;
let op: ScriptedOp;
let app: SignalApp;
const asked = new Map<string, number>();
/** What the configuration of a transmitter says that is `outside`. */
let transmitter: Readonly<Record<string, string>> = {};
const outsideUrl = () => `http://localhost:${(outside.address() as AddressInfo).port}`;

beforeAll(async () => {
  inside = await startInside();
  visitors = [];
  outside = createServer((req, res) => {
    const path = req.url ?? "";
    if (path === "/.well-known/ssf-configuration") {
      return void res.end(JSON.stringify({ issuer: outsideUrl(), ...transmitter }));
    }
    visitors.push(path);
    const { location } = Object.fromEntries(new URL(path, "http://localhost").searchParams);
    res.writeHead(location === undefined ? 400 : 307, location === undefined ? {} : { location }).end();
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => outside.once("listening", resolve));
  op = await startScriptedOp();
  site = await startOidcSite({
    env: { OUTBOUND_ALLOW: ALLOWED, OUTBOUND_ALLOW_OPERATOR: ALLOWED },
    lookup: (hostname, _options, callback) => {
      const count = (asked.get(hostname) ?? 0) + 1;
      asked.set(hostname, count);
      const addresses = NAMES[hostname.toLowerCase().replace(/\.$/, "")]?.(count) ?? [];
      const found = addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 }));
      callback(found.length === 0 ? new Error("ENOTFOUND") : null, found);
    },
  });
  await site.addTenant("acme", op);
  app = await addApp(site.gateway, "receiver");
});
afterAll(async () => {
  await site.stop();
  await op.close();
  await inside.close();
  outside.closeAllConnections();
  await new Promise((resolve) => outside.close(resolve));
});

const rows = async <Row>(sql: string, values: readonly unknown[]) =>
  (await site.gateway.database.sql.query<Row & Record<string, unknown>>(sql, values)).rows;

/** Until the gateway has noted what became of a request. */
const noted = (sql: string, id: string) =>
  vi.waitFor(async () => expect(await rows(sql, [id])).not.toEqual([]), { timeout: 60_000, interval: 100 });

/** Null where the API took no such URL: then nobody asks it. */
async function create(path: string, body: object): Promise<string | null> {
  const { status, body: answer } = await site.gateway.api("POST", path, body);
  expect([200, 201, 400, 422]).toContain(status);
  const { data } = made.safeParse(answer);
  return status < 300 ? (data?.id ?? "") : null;
}

const remove = (path: string) => site.gateway.api("DELETE", path);

/** Goes from the application to the IdP by a connection of the organization, and back as far as it leads. */
async function signIn(oidc: object): Promise<void> {
  const connection = await create("/organizations/acme/connections", {
    ...{ type: "oidc", name: "OIDC" },
    oidc: { clientId: "gateway", clientSecret: "secret", ...oidc },
  });
  if (connection === null) {
    return;
  }
  const browser = site.newBrowser();
  let page = await browser.get(site.application.startUrl({ connection }).url);
  while (/^http:\/\/localhost:/.test(page.location)) {
    page = await browser.get(page.location);
  }
  await remove(`/organizations/acme/connections/${connection}`);
}

/** A login at an honest issuer whose discovery document names the URL. */
const byDiscovery =
  (endpoint: string, oidc: object = {}) =>
  async (url: string) => {
    op.discovery = { [endpoint]: url };
    await signIn({ issuer: op.issuer, ...oidc });
    op.discovery = {};
  };

/** A stream of the organization's events, whose destination's server is the URL's. */
const auditStream = (destination: (url: string) => object) => ({
  atOnce: 10,
  ask: async (url: string) => {
    const path = "/organizations/acme/audit-streams";
    const id = await create(path, { name: "SIEM", secret: "s", destination: destination(url) });
    if (id !== null) {
      await site.gateway.api("POST", `${path}/${id}/test`);
      await noted("SELECT FROM audit_streams WHERE id = $1 AND last_error IS NOT NULL", id);
      await remove(`${path}/${id}`);
    }
  },
});
const originOf = (url: string) => url.replace(/\?.*$/, "").replace(/\/$/, "");

const idpMetadata = createTestIdp({ entityId: "https://idp.acme.example.test" }).metadata();

/** A JWT by nobody's key has the keys of whoever is said to sign it looked at. */
function jwt(typ: string, claims: object): string {
  const now = Math.floor(Date.now() / 1_000);
  const parts = [
    { alg: "ES256", kid: "none", typ },
    { iss: "https://signer.example.test", iat: now, jti: randomUUID(), ...claims },
  ].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"));
  return `${parts.join(".")}.${Buffer.alloc(64).toString("base64url")}`;
}

/** A SAML connection for which somebody else signs, and a message that they are said to have signed. */
const signedFor =
  (saml: (url: string) => object, send: (connection: string) => Promise<Response>) => async (url: string) => {
    const connection = await create("/organizations/acme/connections", {
      ...{ type: "saml", name: "SAML", saml: { metadataXml: idpMetadata, ...saml(url) } },
    });
    if (connection !== null) {
      expect((await send(connection)).status).toBeGreaterThanOrEqual(400);
      await remove(`/organizations/acme/connections/${connection}`);
    }
  };
const signer = { issuer: "https://signer.example.test" };

/** Of one organization no more than a few at once. */
async function inspect(body: object): Promise<void> {
  const slug = `inspector-${inspections++}`;
  await create("/organizations", { slug, name: slug });
  await create(`/organizations/${slug}/idp-inspections`, body);
}
let inspections = 0;

/** A connection that hears of a transmitter, and what is asked of it. */
async function withTransmitter(issuer: string, method: string, path: string, body?: object): Promise<void> {
  const connection = await create("/organizations/acme/connections", {
    ...{ type: "saml", name: "SAML", saml: { metadataXml: idpMetadata, signals: { issuer } } },
  });
  if (connection !== null) {
    const at = `/organizations/acme/connections/${connection}`;
    expect((await site.gateway.api(method, `${at}/signals/${path}`, body)).status).toBeGreaterThanOrEqual(
      400,
    );
    await remove(at);
  }
}

interface Caller {
  /** What of the management API's requests it asks, without the operation's name. */
  readonly fields?: readonly string[];
  /** Has the gateway ask a URL, and waits until it has. */
  ask(url: string): Promise<unknown>;
  /** How many may be asked at the same time. Default: one. */
  readonly atOnce?: number;
}

const CALLERS: Readonly<Record<string, Caller>> = {
  "a connection's metadata": {
    fields: ["saml.metadataUrl"],
    ask: (metadataUrl) =>
      create("/organizations/acme/connections", { type: "saml", name: "SAML", saml: { metadataUrl } }),
  },
  "an inspection of metadata": {
    fields: ["metadataUrl"],
    ask: (metadataUrl) => inspect({ metadataUrl }),
  },
  "an inspection of an issuer": {
    fields: ["issuer"],
    ask: (issuer) => inspect({ issuer: originOf(issuer) }),
  },
  "a login's discovery document": {
    fields: ["oidc.issuer"],
    ask: (url) => signIn({ issuer: originOf(url) }),
  },
  "a login's token endpoint": { ask: byDiscovery("token_endpoint") },
  "a login's keys": { ask: byDiscovery("jwks_uri") },
  "a login's userinfo": { ask: byDiscovery("userinfo_endpoint") },
  "a login's pushed request": {
    ask: byDiscovery("pushed_authorization_request_endpoint", { pushAuthorizationRequests: true }),
  },
  "keys of security events": {
    fields: ["saml.signals.jwksUri", "oidc.signals.jwksUri"],
    ask: signedFor(
      (jwksUri) => ({ signals: { ...signer, jwksUri, audience: "us" } }),
      (connection) =>
        fetch(`${site.gateway.url}/ssf/receivers/${connection}/events`, {
          method: "POST",
          headers: { "content-type": "application/secevent+jwt" },
          body: jwt("secevent+jwt", {
            ...{ aud: "us", sub_id: { format: "opaque", id: "jo" } },
            events: { "https://schemas.openid.net/secevent/caep/event-type/session-revoked": {} },
          }),
        }),
    ),
  },
  "keys of universal logout": {
    fields: ["saml.universalLogout.jwksUri"],
    ask: signedFor(
      (jwksUri) => ({ universalLogout: { ...signer, jwksUri } }),
      (connection) => {
        const aud = `${site.gateway.url}/sso/saml/${connection}/global-token-revocation`;
        const exp = Math.floor(Date.now() / 1_000) + 60;
        return fetch(aud, {
          method: "POST",
          headers: {
            "content-type": "application/json",
            authorization: `Bearer ${jwt("global-token-revocation+jwt", { aud, exp })}`,
          },
          body: JSON.stringify({ sub_id: { format: "opaque", id: "jo" } }),
        });
      },
    ),
  },
  "a transmitter's configuration": { ask: (url) => withTransmitter(`${originOf(url)}/us`, "POST", "check") },
  "a transmitter's streams": {
    ask: async (url) => {
      transmitter = { configuration_endpoint: url };
      await withTransmitter(outsideUrl(), "PUT", "stream", { mode: "poll", accessToken: "token" });
    },
  },
  "a transmitter's token endpoint": {
    fields: ["clientCredentials.tokenEndpoint"],
    ask: async (tokenEndpoint) => {
      transmitter = { configuration_endpoint: outsideUrl() };
      const clientCredentials = { tokenEndpoint, clientId: "us", clientSecret: "secret" };
      await withTransmitter(outsideUrl(), "PUT", "stream", { mode: "poll", clientCredentials });
    },
  },
  "a webhook": {
    atOnce: 10,
    fields: ["url"],
    ask: async (url) => {
      const id = await create("/webhook-endpoints", { url, organization: "acme" });
      if (id !== null) {
        await site.gateway.api("POST", `/webhook-endpoints/${id}/test`);
        await noted(
          "SELECT FROM webhook_attempts a JOIN webhook_deliveries d ON d.id = a.delivery_id WHERE d.endpoint_id = $1",
          id,
        );
        await remove(`/webhook-endpoints/${id}`);
      }
    },
  },
  "an audit stream to any receiver": {
    fields: ["destination.url"],
    ...auditStream((url) => ({ type: "http", url })),
  },
  "an audit stream to Splunk": { ...auditStream((url) => ({ type: "splunk", url: originOf(url) })) },
  "an audit stream by a proxy to Datadog": {
    ...auditStream((url) => ({ type: "datadog", site: "datadoghq.eu", url: originOf(url) })),
  },
  "an audit stream to a bucket": {
    fields: ["destination.endpoint"],
    ...auditStream((url) => ({
      ...{ type: "s3", endpoint: originOf(url), region: "eu", bucket: "audit", accessKeyId: "key" },
    })),
  },
  "a push of a signal": {
    atOnce: 5,
    ask: async (url) => {
      const delivery = { method: PUSH, endpoint_url: url };
      const { status, body } = await app.call("POST", "/ssf/streams", { delivery });
      if (status === 201) {
        const { stream_id } = z.object({ stream_id: z.string() }).parse(body);
        await app.call("POST", "/ssf/verify", { stream_id, state: "x" });
        await noted("SELECT FROM signal_streams WHERE id = $1 AND last_error IS NOT NULL", stream_id);
        await app.call("DELETE", `/ssf/streams?stream_id=${stream_id}`);
      }
    },
  },
  "a logout that an application is told": {
    atOnce: 10,
    fields: ["backchannelLogoutUri"],
    ask: async (backchannelLogoutUri) => {
      const id = await create("/applications", {
        ...{ name: "App", redirectUris: ["https://app.example.test/"], backchannelLogoutUri },
      });
      if (id !== null) {
        const person = await addPerson(site.gateway.database);
        const session = await person.signIn(id);
        await remove(`/organizations/${person.organizationId}/sessions/${session}`);
        await noted(
          "SELECT FROM application_checks WHERE application_id = $1 AND logout_deliveries <> '[]'",
          id,
        );
        await remove(`/applications/${id}`);
      }
    },
  },
};

/** Where browsers are sent, and the gateway itself never goes. */
const FOR_BROWSERS = [
  ...["saml.ssoUrl", "saml.sloUrl", "saml.sloResponseUrl", "redirectUris[]", "postLogoutRedirectUris[]"],
  ...["initiateLoginUri", "targetUris[]"],
];

describe.each(Object.entries(CALLERS))("%s", (_what, { ask, atOnce = 1 }) => {
  it("comes to who is allowed, and nowhere inside, however that is written", {
    timeout: 300_000,
  }, async () => {
    const { port } = outside.address() as AddressInfo;
    const before = visitors.length;
    await ask(`http://localhost:${port}/`);
    expect(visitors.length).toBeGreaterThan(before);

    asked.clear();
    const ways = waysInside(inside.port);
    for (let from = 0; from < ways.length; from += atOnce) {
      await Promise.all(ways.slice(from, from + atOnce).map(ask));
    }
    // A redirect to there is not followed.
    const led = visitors.length;
    await ask(
      `http://localhost:${port}/?location=${encodeURIComponent(`https://127.0.0.2:${inside.port}/`)}`,
    );
    expect(visitors.length).toBeGreaterThan(led);
    expect(inside.visits).toBe(0);
  });

  it("checks the very address that it goes to: a name that leads elsewhere the second time is refused", {
    timeout: 60_000,
  }, async () => {
    asked.clear();
    for (let time = 0; time < 3; time++) {
      await ask(`https://rebound.example.test:${inside.port}/`);
    }
    expect(asked.get("rebound.example.test")).toBeGreaterThanOrEqual(2);
    expect(inside.visits).toBe(0);
  });
});

const schema = z.looseObject({
  $ref: z.string().optional(),
  format: z.string().optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  items: z.unknown().optional(),
  oneOf: z.array(z.unknown()).optional(),
  anyOf: z.array(z.unknown()).optional(),
  allOf: z.array(z.unknown()).optional(),
});
const operation = z.looseObject({
  requestBody: z
    .looseObject({ content: z.record(z.string(), z.looseObject({ schema: z.unknown() })) })
    .optional(),
});
const document = z.looseObject({
  paths: z.record(z.string(), z.record(z.string(), operation)),
  components: z.looseObject({ schemas: z.record(z.string(), z.unknown()) }),
});

it("are all who ask what the management API is given as a URL", async () => {
  const openapi = document.parse(await (await fetch(`${site.gateway.url}/api/openapi.json`)).json());
  function urlsIn(given: unknown, path: string): string[] {
    const parsed = schema.safeParse(given);
    if (!parsed.success) {
      return [];
    }
    const { $ref, format, properties = {}, items, oneOf = [], anyOf = [], allOf = [] } = parsed.data;
    const below = (name: string) => (path === "" ? name : `${path}.${name}`);
    return [
      ...($ref === undefined ? [] : urlsIn(openapi.components.schemas[$ref.replace(/^.*\//, "")], path)),
      ...(format === "uri" ? [path] : []),
      ...[...oneOf, ...anyOf, ...allOf].flatMap((one) => urlsIn(one, path)),
      ...Object.entries(properties).flatMap(([name, value]) => urlsIn(value, below(name))),
      ...urlsIn(items, `${path}[]`),
    ];
  }
  const found = Object.values(openapi.paths)
    .flatMap((item) => Object.values(item))
    .flatMap(({ requestBody }) => urlsIn(requestBody?.content["application/json"]?.schema, ""));
  const known = [...FOR_BROWSERS, ...Object.values(CALLERS).flatMap(({ fields = [] }) => fields)];
  expect([...new Set(found)].toSorted()).toEqual(known.toSorted());
});
