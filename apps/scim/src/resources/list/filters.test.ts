import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { send, startScim, type TestDirectory, type TestScim } from "../../testing/scim-server.ts";

const USER = "urn:ietf:params:scim:schemas:core:2.0:User";
const ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

let scim: TestScim;
let directory: TestDirectory;

// Each differs from the next in what a filter may ask for.
const PEOPLE = {
  ada: {
    name: { givenName: "Ada", familyName: "Lovelace" },
    title: 'Countess "of" Engines \\ ☂',
    emails: [
      { value: "ada@work.example", type: "work", primary: true },
      { value: "home@both.example", type: "home" },
    ],
    [ENTERPRISE]: { department: "Engines", employeeNumber: "7" },
  },
  bob: {
    name: { givenName: "Bob", familyName: "Babbage" },
    emails: [{ value: "home@both.example", type: "work" }],
    active: false,
  },
  cyd: { nickName: "100%_", externalId: "Ext-Cyd" },
};

beforeAll(async () => {
  scim = await startScim();
  directory = await scim.addDirectory();
  const other = await scim.addDirectory();
  for (const [userName, rest] of Object.entries(PEOPLE)) {
    await send(directory, "POST", "/Users", { schemas: [USER], userName, ...rest });
    await send(other, "POST", "/Users", { schemas: [USER], userName, ...rest });
  }
});
afterAll(() => scim.stop());

async function namesOf(filter: string): Promise<string[]> {
  const response = await fetch(`${directory.url}/Users?filter=${encodeURIComponent(filter)}`, {
    headers: { authorization: `Bearer ${directory.token}` },
  });
  const body = (await response.json()) as { Resources?: { userName: string }[]; scimType?: string };
  return response.ok ? (body.Resources ?? []).map((user) => user.userName).sort() : [String(body.scimType)];
}

describe("a filter finds", () => {
  it.each<[filter: string, names: string[]]>([
    ['userName eq "ADA"', ["ada"]],
    ['USERNAME EQ "ada"', ["ada"]],
    [`${USER}:userName eq "ada"`, ["ada"]],
    ['userName ne "ada"', ["bob", "cyd"]],
    ['userName sw "a" or userName ew "D"', ["ada", "cyd"]],
    ['not (userName eq "ada")', ["bob", "cyd"]],
    ['userName eq "ada" or userName eq "bob" and active eq true', ["ada"]],
    ['(userName eq "ada" or userName eq "bob") and active eq false', ["bob"]],
    ["active eq false", ["bob"]],
    ["title pr", ["ada"]],
    ["nickName pr or active eq false", ["bob", "cyd"]],
    ['externalId eq "Ext-Cyd"', ["cyd"]],
    ['externalId eq "ext-cyd"', []], // caseExact: RFC 7643 §3.1
    ['name.familyName co "abb"', ["bob"]],
    ['emails.value eq "HOME@both.example"', ["ada", "bob"]],
    ['emails[type eq "work"].value eq "ada@work.example"', ["ada"]],
    // Both must hold of the same element.
    ['emails[type eq "work" and value co "both"]', ["bob"]],
    ['emails[type eq "home"].value eq "ada@work.example"', []],
    [`${ENTERPRISE}:department eq "engines"`, ["ada"]],
    ['meta.created gt "2020-01-01T00:00:00Z" and userName eq "ada"', ["ada"]],
    ['meta.created gt "2020-01-01T01:00:00+01:00" and meta.created lt "2020-01-01T00:00:01Z"', []],
    // Escapes of JSON strings; wildcards of LIKE are plain characters.
    ['title co "\\"of\\""', ["ada"]],
    ['title co "\\\\ \\u2602"', ["ada"]],
    ['nickName co "%_"', ["cyd"]],
    ['userName co "%"', []],
    ['userName eq "ada\' OR 1=1 --"', []],
  ])("%s", async (filter, names) => {
    expect(await namesOf(filter)).toEqual(names);
  });
});

describe("a filter that cannot be answered is 400 invalidFilter, never all rows", () => {
  it.each([
    "userName",
    "userName eq",
    'userName eq "a',
    'userName xx "a"',
    'eq "a"',
    'userName eq "a" and',
    '(userName eq "a"',
    'userName eq "a")',
    'nothing eq "a"',
    'userName.nothing eq "a"',
    'emails[nothing eq "a"]',
    'emails[type eq "work"',
    'password eq "hunter2"',
    "password pr",
    '__proto__ eq "a"',
    'constructor.name eq "a"',
    "active gt true",
    'meta.created eq "yesterday"',
    `userName eq "${"\n".repeat(64)}`,
    `${"(".repeat(10_000)}userName eq "a"${")".repeat(10_000)}`,
    `${"not (".repeat(200)}userName eq "a"${")".repeat(200)}`,
    `userName eq "${"a".repeat(20_000)}"`,
  ])("%s", async (filter) => {
    const answer = await search(filter);
    expect([answer.status, answer.body.scimType, answer.body.Resources]).toEqual([
      400,
      "invalidFilter",
      undefined,
    ]);
  });
});

// By POST: some of these are longer than a URL may be.
const search = (filter: string) =>
  send(directory, "POST", "/Users/.search", {
    schemas: ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],
    filter,
  });
