import { ERASED, type FoundEvent } from "@sallyport/events";
import { describe, expect, it } from "vitest";
import { base64Fragments, patternsOf } from "./patterns.ts";
import { Traces } from "./traces.ts";
import { classify } from "./values.ts";

const USER = "01a2265e-f361-7378-99be-4f7dd8d89ca8";
const DIRECTORY_USER = "01a2265e-f5e3-7117-b44d-01936ceda811";
const OTHER = "01a2265e-fa32-74e6-b89c-d5a65f758b62";
const ANNA = "anna.lee@acme.example";

const traces = new Traces({
  userId: USER,
  ids: new Set([USER, DIRECTORY_USER]),
  values: classify([ANNA, "al", "00u-anna-lee", 'Anna "Q" Lée-Ødegård']),
});

describe("a text", () => {
  it.each([
    ["as it is", `Mail ${ANNA}, please`],
    ["in any case", "ANNA.LEE@Acme.Example"],
    ["in a URL", `https://idp.example/sso?login_hint=${encodeURIComponent(ANNA)}&x=1`],
    ["in a form", `login_hint=${ANNA.replace("@", "%40")}+x`],
    ["in JSON", JSON.stringify({ a: 'Anna "Q" Lée-Ødegård' })],
    ["in JSON within JSON", JSON.stringify({ a: JSON.stringify({ b: 'Anna "Q" Lée-Ødegård' }) })],
    ["in ASCII JSON", '{"a":"Anna \\"Q\\" L\\u00e9e-\\u00d8deg\\u00e5rd"}'],
    ["in XML", "<a>Anna &quot;Q&quot; L&#233;e-&#xd8;deg&#229;rd</a>"],
    ["in a JWT", `eyJhbGciOiJub25lIn0.${Buffer.from(`{"hint":"${ANNA}"}`).toString("base64url")}.`],
    ["as a short NameID", '<saml:NameID Format="x">al</saml:NameID>'],
    ["as a short name in a filter", 'userName eq "AL"'],
  ])("has the person %s", (_how, text) => {
    expect(traces.mentions(text)).toBe(true);
  });

  it.each([
    ["a longer address", "joanna.lee@acme.example"],
    ["an address that goes on", "anna.lee@acme.example.org"],
    ["a hyphenated one", "mary-anna.lee@acme.example"],
    ["a short value within a word", "also, al and Al"],
    ["a short value as another field", '{"title":"al"}'],
    ["another NameID", "<NameID>alan</NameID>"],
  ])("does not have them in %s", (_how, text) => {
    expect(traces.mentions(text)).toBe(false);
  });

  it("is about them by an address anywhere, by another value only where it names somebody", () => {
    // As if a directory had called somebody by what stands in everybody's records.
    const issuer = "https://idp.acme.example/metadata";
    const crafted = new Traces({
      userId: USER,
      ids: new Set(),
      values: classify([issuer, "Engineering", ANNA]),
    });
    const record = `<saml:Issuer>${issuer}</saml:Issuer><saml:AttributeValue>Engineering</saml:AttributeValue>`;
    expect(crafted.isAbout(record)).toBe(false);
    expect(crafted.isAbout(`${record}<saml:AttributeValue>${ANNA}</saml:AttributeValue>`)).toBe(true);
    expect(crafted.isAbout(`${record}<saml:NameID>Engineering</saml:NameID>`)).toBe(true);
    expect(crafted.isAbout('{"sub":"engineering","iss":"x"}')).toBe(true);
    expect(crafted.isAbout('{"iss":"https://idp.acme.example/metadata"}')).toBe(false);
  });

  it("is found by PostgreSQL's patterns whenever it has them", () => {
    const { lower, exact } = patternsOf(classify([ANNA, "al"]), [USER]);
    const like = (text: string, pattern: string) =>
      text.includes(pattern.slice(1, -1).replace(/\\([\\%_])/g, "$1"));
    for (const text of [
      `x ${ANNA.toUpperCase()} y`,
      `?hint=${encodeURIComponent(ANNA)}`,
      Buffer.from(`{"a":"${ANNA}"}`).toString("base64"),
      Buffer.from(`{"ab":"${ANNA}"}`).toString("base64url"),
      Buffer.from(`{"abc":"${ANNA}"}`).toString("base64"),
      '{"userName":"al"}',
      "<NameID>al</NameID>",
      USER,
    ]) {
      const found =
        lower.some((pattern) => like(text.toLowerCase(), pattern)) ||
        exact.some((pattern) => like(text, pattern));
      expect(found, text).toBe(true);
    }
  });

  it("is not found in base64 by a fragment that chance could make", () => {
    expect(base64Fragments("short")).toEqual([]);
  });
});

describe("an event", () => {
  const event = (more: Partial<FoundEvent>): FoundEvent => ({
    id: OTHER,
    type: "user.updated",
    actorType: "system",
    actorId: null,
    resourceType: "user",
    resourceId: OTHER,
    ip: null,
    before: null,
    after: null,
    data: null,
    ...more,
  });

  it("of what is theirs loses its personal fields, also those of which nobody knows any more", () => {
    const own = event({
      resourceId: USER,
      ip: "203.0.113.7",
      before: { email: "former@acme.example", emailVerified: true, name: null },
      after: { email: ANNA, name: "Anna Lee" },
      data: { source: "jit" },
    });
    expect(traces.leftOfEvent(own)).toEqual({
      ip: ERASED,
      before: { email: ERASED, emailVerified: true, name: null },
      after: { email: ERASED, name: ERASED },
      data: { source: "jit" },
    });
    expect(traces.valuesIn(own)).toEqual(["former@acme.example", ANNA, "Anna Lee"]);
  });

  it("that names them by an id loses what stands beside it, and keeps the address of who acted", () => {
    const conflict = event({
      resourceType: "conflict",
      actorType: "directory",
      actorId: OTHER,
      ip: "198.51.100.1",
      after: { userId: OTHER, otherUserId: USER, claim: "address:x@y.example" },
    });
    expect(traces.leftOfEvent(conflict)).toMatchObject({
      ip: "198.51.100.1",
      after: { userId: OTHER, otherUserId: USER, claim: ERASED },
    });
  });

  it("of their own doing loses their network address alone", () => {
    const act = event({ actorType: "user", actorId: USER, ip: "203.0.113.7", after: { name: "Writer" } });
    expect(traces.leftOfEvent(act)).toEqual({
      ip: ERASED,
      before: null,
      after: { name: "Writer" },
      data: null,
    });
  });

  it("of others keeps what is called like them, but for what somebody named after them", () => {
    const mapping = event({ type: "group_mapping.created", after: { group: "00u-anna-lee", role: "admin" } });
    expect(traces.leftOfEvent(mapping)).toBeNull();
    const key = event({
      type: "api_key.created",
      after: { name: "Laptop of 00u-anna-lee", permissions: null },
    });
    expect(traces.leftOfEvent(key)?.after).toEqual({ name: ERASED, permissions: null });
  });

  it("of others stays as it is", () => {
    expect(traces.leftOfEvent(event({ after: { email: "joanna.lee@acme.example", name: "Al" } }))).toBeNull();
  });
});

describe("a logged request", () => {
  const request = { path: "/Users", requestBody: null, responseBody: null, notes: null, changed: null };

  it("about them alone keeps its structure", () => {
    const schemas = ["urn:ietf:params:scim:api:messages:2.0:PatchOp"];
    const left = traces.leftOfRequest({
      ...request,
      path: `/Users/${DIRECTORY_USER}`,
      requestBody: {
        schemas,
        Operations: [
          { op: "replace", path: "name.familyName", value: "Lee" },
          { op: "remove", path: 'phoneNumbers[value eq "+49 30 1"]' },
          { op: "replace", value: { active: false, "urn:x:number": 77 } },
        ],
      },
      changed: { users: [DIRECTORY_USER] },
    });
    expect(left?.requestBody).toEqual({
      schemas,
      Operations: [
        { op: "replace", path: "name.familyName", value: ERASED },
        { op: "remove", path: `phoneNumbers[value eq "${ERASED}"]` },
        { op: "replace", value: { active: false, "urn:x:number": ERASED } },
      ],
    });
  });

  it("about several keeps what it says of the others", () => {
    const other = { id: OTHER, userName: "bob@acme.example", name: { familyName: "Brannigan" } };
    const left = traces.leftOfRequest({
      ...request,
      path: `/Users?filter=emails.value eq "${ANNA}"`,
      responseBody: {
        totalResults: 2,
        Resources: [{ id: DIRECTORY_USER, userName: ANNA, name: { familyName: "Lee" } }, other],
      },
      requestBody: {
        Operations: [
          {
            op: "add",
            path: "members",
            value: [
              { value: DIRECTORY_USER, display: "Lee" },
              { value: OTHER, display: "B" },
            ],
          },
        ],
      },
      notes: [`members: "${ANNA}" is not here`, "all else is"],
    });
    expect(left).toEqual({
      path: `/Users?${ERASED}`,
      responseBody: {
        totalResults: 2,
        Resources: [{ id: DIRECTORY_USER, userName: ERASED, name: { familyName: ERASED } }, other],
      },
      requestBody: {
        Operations: [
          {
            op: "add",
            path: "members",
            value: [
              { value: DIRECTORY_USER, display: ERASED },
              { value: OTHER, display: "B" },
            ],
          },
        ],
      },
      notes: [ERASED, "all else is"],
    });
  });

  it("of Bulk loses the operation that is theirs", () => {
    const operation = (id: string) => ({
      method: "PATCH",
      path: `/Users/${id}`,
      data: { Operations: [{ op: "add", value: "Lee" }] },
    });
    const left = traces.leftOfRequest({
      ...request,
      path: "/Bulk",
      requestBody: { Operations: [operation(DIRECTORY_USER), operation(OTHER)] },
      changed: { users: [DIRECTORY_USER] },
    });
    expect(left?.requestBody).toEqual({
      Operations: [
        { ...operation(DIRECTORY_USER), data: { Operations: [{ op: "add", value: ERASED }] } },
        operation(OTHER),
      ],
    });
  });

  it("of others stays as it is", () => {
    const body = {
      id: OTHER,
      userName: "al.other@acme.example",
      title: "al",
      emails: [{ value: "joanna.lee@acme.example" }],
    };
    expect(traces.leftOfRequest({ ...request, path: `/Users/${OTHER}`, requestBody: body })).toBeNull();
  });
});
