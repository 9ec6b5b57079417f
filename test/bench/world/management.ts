import { expectStatus, type Http } from "@sallyport/testing-browser";
import { z } from "zod";

const organization = z.object({ id: z.string() });
const samlConnection = z.object({
  id: z.string(),
  saml: z.object({ acsUrl: z.string(), spEntityId: z.string() }),
});
const oidcConnection = z.object({ id: z.string(), oidc: z.object({ redirectUri: z.string() }) });
const directory = z.object({ baseUrl: z.string(), token: z.string() });
const feed = z.object({
  items: z.array(z.object({ id: z.string(), occurredAt: z.iso.datetime() })),
  nextCursor: z.string(),
  more: z.boolean(),
});
const endpoint = z.object({ id: z.string() });
const application = z.object({ clientId: z.string(), clientSecret: z.string() });

export type SamlConnection = z.infer<typeof samlConnection>;
export type OidcConnection = z.infer<typeof oidcConnection>;
export type Directory = z.infer<typeof directory>;
export type Application = z.infer<typeof application>;
export type Feed = z.infer<typeof feed>;

/** The management API, as far as a scenario is set up through it. */
export interface Management {
  addOrganization(slug: string, domain: string): Promise<{ id: string }>;
  addSamlConnection(org: string, metadataXml: string): Promise<SamlConnection>;
  addOidcConnection(
    org: string,
    oidc: { issuer: string; clientId: string; clientSecret: string },
  ): Promise<OidcConnection>;
  addDirectory(org: string): Promise<Directory>;
  addRole(org: string, key: string): Promise<void>;
  mapGroups(org: string, mappings: readonly { group: string; role: string }[]): Promise<void>;
  addApplication(name: string, redirectUri: string): Promise<Application>;
  /** @param types of which it is told; all where there are none */
  addWebhookEndpoint(org: string, url: string, types: readonly string[]): Promise<{ id: string }>;
  moveWebhookEndpoint(id: string, url: string): Promise<void>;
  /** The next events of all organizations, which are waited for. */
  readEvents(cursor: string | undefined): Promise<Feed>;
}

export function connectManagement(http: Http, gatewayUrl: string, rootKey: string): Management {
  const send = async (
    method: "GET" | "PATCH" | "POST" | "PUT",
    path: string,
    status: number,
    body?: object,
  ): Promise<unknown> => {
    const answer = await http.send(`${gatewayUrl}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${rootKey}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return JSON.parse(expectStatus(answer, status, `${method} /api/v1${path}`));
  };
  const post = (path: string, body: object) => send("POST", path, 201, body);
  const inside = (org: string) => `/organizations/${org}`;
  return {
    addOrganization: async (slug, domain) => {
      const made = organization.parse(await post("/organizations", { slug, name: slug, domains: [domain] }));
      // What is measured deactivates everybody by turns, and means it.
      await send("PUT", `${inside(slug)}/guard`, 200, { share: 100, people: 20, minutes: 60 });
      return made;
    },
    addSamlConnection: async (org, metadataXml) =>
      samlConnection.parse(
        await post(`${inside(org)}/connections`, {
          type: "saml",
          name: "SAML",
          provider: "okta",
          saml: { metadataXml },
        }),
      ),
    addOidcConnection: async (org, oidc) =>
      oidcConnection.parse(await post(`${inside(org)}/connections`, { type: "oidc", name: "OIDC", oidc })),
    addDirectory: async (org) =>
      directory.parse(await post(`${inside(org)}/directories`, { name: "Directory", provider: "okta" })),
    addRole: async (org, key) => {
      await post(`${inside(org)}/roles`, { key, name: key });
    },
    mapGroups: async (org, mappings) => {
      await send("PUT", `${inside(org)}/group-mappings`, 200, mappings);
    },
    addApplication: async (name, redirectUri) =>
      application.parse(await post("/applications", { name, redirectUris: [redirectUri] })),
    addWebhookEndpoint: async (organization, url, types) =>
      endpoint.parse(await post("/webhook-endpoints", { organization, url, types })),
    moveWebhookEndpoint: async (id, url) => {
      await send("PATCH", `/webhook-endpoints/${id}`, 200, { url });
    },
    readEvents: async (cursor) => {
      const query = new URLSearchParams({
        limit: "500",
        wait: "30",
        ...(cursor === undefined ? {} : { cursor }),
      });
      return feed.parse(await send("GET", `/events?${query}`, 200));
    },
  };
}
