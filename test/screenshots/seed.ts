import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { newId } from "@sallyport/database";
import { selfSignedCertificate } from "@sallyport/saml";
import { newRsaKey } from "@sallyport/saml/testing";
import type { Browser } from "playwright-core";
import { z } from "zod";
import { signIn } from "../e2e/demo-app.ts";
import type { TestGateway } from "../harness/gateway.ts";
import { greyPng } from "../harness/png.ts";
import { seedAuditStreams } from "./seed-audit-streams.ts";
import { seedRoles } from "./seed-roles.ts";
import { seedSignals } from "./seed-signals.ts";
import { seedWebhooks } from "./seed-webhooks.ts";

/** What is in the gateway of the pictures: two customers who have been here for long, and others. */
export interface World {
  readonly gateway: TestGateway;
  /** Of a setup link of an organization that nothing is set up for yet. */
  readonly setupUrl: string;
}

const CUSTOMERS = [
  ["northwind", "Northwind Traders"],
  ["contoso", "Contoso"],
  ["fabrikam", "Fabrikam Fasteners"],
  ["tailspin", "Tailspin Toys"],
  ["long", "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbau & Partner GmbH"],
  ["umbrella", "Umbrella Health"],
  ["initech", "Initech"],
  ["empty", "Wide World Importers"],
] as const;

const GIVEN = [
  "Olivia",
  "Liam",
  "Yuki",
  "Mateo",
  "Zoë",
  "Noah",
  "Aïcha",
  "Søren",
  "Priya",
  "Jonas",
  "Wei",
  "Lucía",
];
const FAMILY = [
  "Okafor",
  "Nguyen",
  "Lindqvist",
  "Ferreira",
  "Schmidt",
  "Haddad",
  "Kowalski",
  "Brown",
  "Tanaka",
];
const GROUPS = ["Engineering", "Sales", "Support", "Finance", "Administrators", "Contractors (EMEA)"];
const PEOPLE = 60;
const DAY_MS = 24 * 3_600_000;

type Call = (method: string, path: string, body?: unknown) => Promise<unknown>;

const demoFacts = z.object({
  directories: z.record(z.string(), z.object({ baseUrl: z.string(), token: z.string() })),
});
const withId = z.object({ id: z.string() });
const withUrl = z.object({ url: z.string() });

/** Fills a gateway that runs the demo. Everything comes in as it does in life: by API, by SCIM, by signing in. */
export async function seed(gateway: TestGateway, browser: Browser): Promise<World> {
  const call = async (method: string, path: string, body?: unknown) => {
    const answer = await gateway.api(method, path, body);
    if (answer.status >= 300) {
      throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    }
    return answer.body;
  };
  for (const [slug, name] of CUSTOMERS) {
    const domains = slug === "empty" ? [] : [`${slug}.example`];
    await call("POST", "/organizations", { slug, name, domains });
  }
  await pushPeople(gateway);
  await seedRoles(gateway, call);
  await seedReview(call);
  await call("POST", "/organizations/acme/members", { email: "auditor@kpmg.example", name: "Harriet Vane" });
  await call("POST", "/organizations/acme/domains", { name: "acme-logistics.example" });
  const acmeKey = z
    .object({ key: z.string() })
    .parse(await call("POST", "/api-keys", { name: "Provisioning", organization: "acme" })).key;
  await gateway.api("POST", "/organizations/acme/domains", { name: "acme.co.example" }, acmeKey);
  const links = ["For Ann at Acme", "Certificate renewal, autumn", "For the new directory"];
  for (const name of links) {
    await call("POST", "/organizations/acme/setup-links", { name, intents: ["sso", "directory"] });
  }
  const old = withId.parse(
    await call("POST", "/organizations/acme/setup-links", { name: "For Ben (left)", intents: ["sso"] }),
  );
  await call("DELETE", `/organizations/acme/setup-links/${old.id}`);
  const setupLink = { name: "For Ann", intents: ["sso", "domain", "directory"] };
  const { url } = withUrl.parse(await call("POST", "/organizations/northwind/setup-links", setupLink));
  const image = greyPng(96, ring(96)).toString("base64");
  for (const org of ["northwind", "acme", "operators"]) {
    await call("PUT", `/organizations/${org}/logo`, { image });
  }
  await seedWebhooks(gateway, call);
  await seedAuditStreams(call);
  await seedSignals(gateway);
  await signInSomebody(gateway, browser);
  await seedConnections(gateway, call);
  return { gateway, setupUrl: url };
}

/** Northwind's first directory, in review: it has pushed some of the members, one who left, and others. */
async function seedReview(call: (method: string, path: string, body?: unknown) => Promise<unknown>) {
  const directory = z.object({ id: z.string(), baseUrl: z.string(), token: z.string() }).parse(
    await call("POST", "/organizations/northwind/directories", {
      ...{ name: "Entra ID, all of Northwind", provider: "entra", inReview: true },
    }),
  );
  for (const given of GIVEN.slice(0, 6)) {
    const email = `${given.normalize("NFKD").replace(/[^A-Za-z]/g, "")}@northwind.example`.toLowerCase();
    await call("POST", "/organizations/northwind/members", { email, name: `${given} Berg` });
  }
  for (const [index, given] of GIVEN.slice(2).entries()) {
    const userName = `${given.normalize("NFKD").replace(/[^A-Za-z]/g, "")}@northwind.example`.toLowerCase();
    await fetch(`${directory.baseUrl}/Users`, {
      method: "POST",
      headers: { authorization: `Bearer ${directory.token}`, "content-type": "application/scim+json" },
      body: JSON.stringify({
        schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"],
        ...{ userName, displayName: `${given} Berg`, active: index > 1 },
        emails: [{ value: userName, primary: true }],
      }),
    });
  }
  await seedPolicy(call, directory.id);
}

/** What is set of Northwind's access: the people of Workday count before all others. */
async function seedPolicy(
  call: (method: string, path: string, body?: unknown) => Promise<unknown>,
  reviewed: string,
) {
  const workday = z
    .object({ id: z.string() })
    .parse(await call("POST", "/organizations/northwind/directories", { name: "Workday" }));
  await call("PATCH", "/organizations/northwind/access-policy", {
    directories: { order: [workday.id, reviewed] },
    seats: { limit: 250 },
  });
}

/** Acme's directory, as Okta pushes it. */
async function pushPeople(gateway: TestGateway): Promise<void> {
  const demo = demoFacts.parse(JSON.parse(await readFile(join(gateway.dataDir, "demo.json"), "utf8")));
  const { baseUrl, token } = demo.directories.acme ?? { baseUrl: "", token: "" };
  const push = async (path: string, body: unknown) => {
    const response = await fetch(baseUrl + path, {
      method: "POST",
      headers: {
        authorization: `Bearer ${token}`,
        "content-type": "application/scim+json",
        "user-agent": "Okta SCIM Client 1.0.0",
      },
      body: JSON.stringify(body),
    });
    if (response.status !== 201) {
      throw new Error(`POST ${path}: ${response.status} ${await response.text()}`);
    }
    return withId.parse(await response.json()).id;
  };
  const ids: string[] = [];
  const names = [
    ["Ann", "Archer"],
    ["Ben", "Baker"],
    ["Cleo", "Cruz"],
  ];
  for (let index = names.length; index < PEOPLE; index++) {
    names.push([GIVEN[index % GIVEN.length] ?? "", FAMILY[index % FAMILY.length] ?? ""]);
  }
  for (const [index, [givenName, familyName]] of names.entries()) {
    const local = index < 3 ? `${givenName}` : `${givenName}.${familyName}${index}`;
    const userName = `${local.normalize("NFKD").replace(/[^A-Za-z0-9.]/g, "")}@acme.example`.toLowerCase();
    const user = {
      schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"],
      userName,
      name: { givenName, familyName },
      displayName: `${givenName} ${familyName}`,
      emails: [{ primary: true, value: userName, type: "work" }],
      externalId: `00u${index}`,
      active: index % 17 !== 5,
    };
    ids.push(await push("/Users", user));
  }
  for (const [index, displayName] of GROUPS.entries()) {
    const members = ids.filter((_, person) => person % GROUPS.length === index).map((value) => ({ value }));
    await push("/Groups", {
      schemas: ["urn:ietf:params:scim:schemas:core:2.0:Group"],
      displayName,
      members,
    });
  }
}

/** A few people at both companies, so that there are sessions and login records. */
async function signInSomebody(gateway: TestGateway, browser: Browser): Promise<void> {
  const people = [
    ["acme", "Ann Archer"],
    ["acme", "Ben Baker"],
    ["acme", "Cleo Cruz"],
    ["bravo", "Dana Diaz"],
  ] as const;
  for (const [company, name] of people) {
    const context = await browser.newContext();
    const page = await context.newPage();
    await signIn(page, gateway, company, name);
    await page.locator("pre#identity").waitFor();
    await context.close();
  }
}

/** A connection with settings that wait, and a sign-in at Acme whose audience was another one. */
async function seedConnections(gateway: TestGateway, call: Call): Promise<void> {
  const now = {
    idpEntityId: "http://www.okta.com/exk1fcia6d6EMsf331d8",
    ssoUrl: "https://northwind.okta.com/app/sso/saml",
  };
  const next = {
    idpEntityId: "https://sts.windows.net/9188040d-6c67-4c5b-b112-36a304b66dad/",
    ssoUrl: "https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/saml2",
  };
  const certificate = () =>
    selfSignedCertificate({
      ...{ privateKey: newRsaKey(), commonName: "northwind" },
      ...{ notBefore: new Date("2020-01-01"), notAfter: new Date(Date.now() + 25 * DAY_MS) },
    });
  const { id } = withId.parse(
    await call("POST", "/organizations/northwind/connections", {
      ...{ type: "saml", name: "Okta", provider: "okta" },
      saml: {
        ...{ ...now, certificates: [certificate()] },
        universalLogout: {
          issuer: "https://northwind.okta.com",
          jwksUri: "https://northwind.okta.com/oauth2/v1/keys",
        },
      },
    }),
  );
  await call("PUT", `/organizations/northwind/connections/${id}/draft`, {
    ...{ provider: "entra" },
    saml: { ...next, certificates: [certificate()] },
  });
  const { prisma } = gateway.database;
  const signedIn = await prisma.loginRecord.findFirstOrThrow({
    where: { outcome: "success", response: { startsWith: "<" } },
    orderBy: { createdAt: "asc" },
  });
  const { connectionId, organizationId, request, response } = signedIn;
  const spEntityId = `${gateway.url}/sso/saml/${connectionId}/metadata`;
  const at = new Date().toISOString();
  const refused = {
    code: "audience_mismatch",
    message: "The assertion is meant for somebody else.",
    fix: "Set it to the entity ID that the connection shows.",
    detail: `expected ${spEntityId}, got ${spEntityId.replace("/metadata", "")}`,
  };
  await prisma.loginRecord.create({
    data: {
      ...{ id: newId(), requestId: newId(), organizationId, connectionId, request },
      ...{ outcome: "failure", errorCode: refused.code },
      response: response?.replaceAll(spEntityId, spEntityId.replace("/metadata", "")) ?? null,
      steps: [
        ...["started", "redirected", "response_received"].map((name) => ({ name, at })),
        { name: "failed", at, detail: refused },
      ],
    },
  });
}

/** A logo: a dark ring on white, as the data of a grey picture, each row behind the byte of its filter. */
function ring(side: number): Buffer {
  const middle = (side - 1) / 2;
  return Buffer.concat(
    Array.from({ length: side }, (_, y) => {
      const row = Array.from({ length: side }, (_, x) => {
        const distance = Math.hypot(x - middle, y - middle);
        return distance > side * 0.24 && distance < side * 0.42 ? 60 : 255;
      });
      return Buffer.from([0, ...row]);
    }),
  );
}
