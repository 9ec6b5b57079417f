import { createHttp } from "@sallyport/testing-browser";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { addCompany, type Company, person, tokensOf, verify } from "../attacks/verify/victim.ts";
import { connectScim, type ScimClient } from "../bench/world/scim-client.ts";
import { type SamlSite, startSamlSite } from "../harness/saml-site.ts";
import { type ExplainedPostgres, type Read, startExplainedPostgres } from "./explained-postgres.ts";
import { GROWING, growBy } from "./growth.ts";

// A statement is prepared once and then goes by the plan that was made for it, maybe while all tables were empty. Here
// everything has been done several times before the first large tenant comes; then it is done again, and no statement may
// read more of a table than what it is about.

const PEOPLE = [1_000, 20_000];
/** More than any of these operations is about, and much less than the tables hold. */
const FEW = 100;
/** PostgreSQL keeps a plan after five times; each operation does most things more than once. */
const TIMES = 3;
/** The audit trail's seals are of all events that came in ten seconds, and read no others. */
const OF_SEALS = /FROM outbox o LEFT JOIN events e ON e\.id = o\.event_id/;

const created = z.object({ id: z.string() });
const directory = z.object({ id: z.string(), baseUrl: z.string(), token: z.string() });

let postgres: ExplainedPostgres;
let site: SamlSite;
let company: Company;
let scim: ScimClient;
let scimSend: (
  method: "GET" | "PUT" | "POST" | "DELETE" | "PATCH",
  path: string,
  body?: object,
) => Promise<unknown>;
const http = createHttp();
let turn = 0;
const newAddress = (kind: string) => `${kind}-${++turn}@acme.example.test`;

/** Signs in over SAML, and asks what an application asks. */
async function signIn(address: string): Promise<void> {
  const { accessToken } = await tokensOf(site, company, person(address, { groups: ["Engineering"] }));
  const { status } = await verify(site, accessToken, `?audience=${site.application.clientId}`);
  expect(status).toBe(200);
}

async function api(method: string, path: string, body?: unknown): Promise<unknown> {
  const answer = await site.gateway.api(method, `/organizations/acme${path}`, body);
  expect(answer.status).toBeLessThan(300);
  return answer.body;
}

/** Waits until the reconciler has seen all that was pushed. */
async function settle(): Promise<void> {
  await vi.waitFor(
    async () => {
      const { rows } = await postgres.database.sql.query(
        "SELECT FROM dirty_directory_users UNION ALL SELECT FROM dirty_directory_groups LIMIT 1",
      );
      expect(rows).toEqual([]);
    },
    { timeout: 30_000, interval: 10 },
  );
}

const page = z.object({ items: z.array(z.object({ id: z.string() })) });
async function someMember(query = ""): Promise<string> {
  return page.parse(await api("GET", `/members?limit=2${query}`)).items[0]?.id ?? "";
}

const pushed: { id: string; address: string }[] = [];
let engineering = "";

/** What is done to one user or group, in any number of ways. */
const OPERATIONS: Readonly<Record<string, () => Promise<unknown>>> = {
  "a user is pushed": async () => {
    const address = newAddress("pushed");
    pushed.push({ address, ...(await scim.createUser(address)) });
    await settle();
  },
  "a user is looked up": async () => {
    const [{ id, address } = { id: "", address: "" }] = pushed;
    await scim.findByUserName(address);
    await scimSend("GET", `/Users/${id}`);
    await scimSend("GET", `/Users/${id}?attributes=userName`);
    await scimSend("GET", `/Users?filter=${encodeURIComponent(`emails.value eq "${address}"`)}`);
    await scimSend("GET", `/Users?filter=${encodeURIComponent(`externalId eq "external-pushed-1"`)}`);
    await scim.listUsers("", 10);
  },
  "a user changes": async () => {
    const [{ id, address } = { id: "", address: "" }] = pushed;
    await scimSend("PATCH", `/Users/${id}`, {
      schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
      Operations: [
        {
          op: "replace",
          path: "emails",
          value: [{ value: `${++turn}-${address}`, type: "work", primary: true }],
        },
      ],
    });
    await settle();
  },
  "a user joins and leaves a group": async () => {
    const { id } = pushed.at(-1) ?? { id: "" };
    await scim.addMembers(engineering, [id]);
    await settle();
    await scim.removeMember(engineering, id);
    await settle();
    await scimSend("GET", `/Groups/${engineering}?excludedAttributes=members`);
    await scimSend(
      "GET",
      `/Groups?filter=${encodeURIComponent(`displayName eq "Engineering"`)}&excludedAttributes=members`,
    );
  },
  "a group comes, changes and goes": async () => {
    const { id: member } = pushed.at(-1) ?? { id: "" };
    const { id } = await scim.createGroup(`group of ${++turn}`);
    await scim.replaceGroup(id, `group of ${++turn}`, [{ value: member, display: "" }]);
    await settle();
    await scimSend("GET", `/Groups/${id}`);
    await scimSend("DELETE", `/Groups/${id}`);
    await settle();
  },
  "a user is deactivated, and deleted": async () => {
    const address = newAddress("leaver");
    const { id } = await scim.createUser(address);
    await scim.addMembers(engineering, [id]);
    await settle();
    await signIn(address);
    await scim.setActive(id, false);
    await settle();
    await scim.setActive(id, true);
    await settle();
    await scimSend("DELETE", `/Users/${id}`);
    await settle();
  },
  "somebody known signs in": () => signIn("ann@acme.example.test"),
  "somebody new signs in": () => signIn(newAddress("new")),
  "somebody pushed signs in": async () => {
    const address = newAddress("pushed");
    await scim.createUser(address);
    await settle();
    await signIn(address);
  },
  "an administrator looks around": async () => {
    const address = encodeURIComponent("ann@acme.example.test");
    const id = await someMember(`&email=${address}`);
    await api("GET", `/members/${id}`);
    await api("GET", "/members?status=active&limit=10");
    await api("GET", "/sessions?live=true&limit=10");
    await api("GET", "/audit-events?limit=10");
    await api("GET", "/events?limit=10");
    await api("GET", `/events?limit=10&since=${new Date().toISOString()}`);
    await api("GET", "/login-records?limit=10");
    await api("GET", "/conflicts?limit=10");
  },
  "an administrator adds, suspends and removes a member": async () => {
    const { id } = created.parse(
      await api("POST", "/members", { email: newAddress("manual"), roles: ["admin"] }),
    );
    await api("PATCH", `/members/${id}`, { status: "suspended" });
    await api("PATCH", `/members/${id}`, { roles: ["member"] });
    await api("DELETE", `/members/${id}`);
  },
};

beforeAll(async () => {
  postgres = await startExplainedPostgres();
  site = await startSamlSite(undefined, {
    testDatabase: postgres,
    env: { RATE_LIMITS: "off", DATABASE_POOL_SIZE: "2" },
  });
  company = await addCompany(site, "acme");
  await api("PUT", "/group-mappings", [{ group: "Engineering", role: "admin" }]);
  const made = directory.parse(await api("POST", "/directories", { name: "Okta", provider: "okta" }));
  scim = connectScim(http, made);
  scimSend = async (method, path, body) => {
    const { status, body: text } = await http.send(`${made.baseUrl}${path}`, {
      method,
      headers: { authorization: `Bearer ${made.token}`, "content-type": "application/scim+json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    expect([200, 201, 204], `${method} ${path}: ${text}`).toContain(status);
    return text;
  };
  // A tenant of its own beside it, so that a tenant is never all there is.
  await site.gateway.api("POST", "/organizations", { slug: "bravo", name: "Bravo" });

  const ann = await scim.createUser("ann@acme.example.test");
  engineering = (await scim.createGroup("Engineering")).id;
  await scim.addMembers(engineering, [ann.id]);
  await settle();
  for (let time = 0; time < TIMES; time++) {
    for (const operation of Object.values(OPERATIONS)) {
      await operation();
    }
  }
}, 300_000);

afterAll(async () => {
  await http.close();
  await site.stop();
  await postgres.drop();
});

/** Grows the organization; then waits until the worker has seen it, which PostgreSQL tells within a second. */
async function growTo(people: number): Promise<void> {
  const { sql } = postgres.database;
  const { rows } = await sql.query<{ id: string }>(
    "SELECT id FROM users WHERE email = 'ann@acme.example.test'",
  );
  await growBy(postgres.database, rows[0]?.id ?? "", people);
  await vi.waitFor(
    async () => {
      const unknown = await sql.query(
        "SELECT relname FROM pg_class WHERE relname = ANY($1) AND reltuples < $2",
        [GROWING, people],
      );
      expect(unknown.rows).toEqual([]);
    },
    { timeout: 30_000, interval: 100 },
  );
}

describe.each(PEOPLE)("with %i people more, no statement reads them all when", (people) => {
  beforeAll(() => growTo(people));

  it.each(Object.entries(OPERATIONS))("%s", async (_name, operation) => {
    const reads = await postgres.readsOf(operation);
    expect(reads.length).toBeGreaterThan(0);
    expect(reads.filter(({ rows, statement }) => rows > FEW && !OF_SEALS.test(statement)).map(shown)).toEqual(
      [],
    );
  });
});

const shown = ({ statement, step, rows }: Read) =>
  `${rows} rows by ${step}: ${statement.replace(/\s+/g, " ").slice(0, 200)}`;
