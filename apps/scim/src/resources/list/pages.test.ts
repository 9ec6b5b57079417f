import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type Answer,
  send,
  startScim,
  type TestDirectory,
  type TestScim,
} from "../../testing/scim-server.ts";

const USER = "urn:ietf:params:scim:schemas:core:2.0:User";
const GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group";
const SEARCH = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";
const NAMES = Array.from({ length: 7 }, (_, index) => `user-${index}`);

let scim: TestScim;
let directory: TestDirectory;

beforeAll(async () => {
  scim = await startScim();
  directory = await scim.addDirectory();
  for (const [index, userName] of NAMES.entries()) {
    await send(directory, "POST", "/Users", { schemas: [USER], userName, title: `t${9 - index}` });
  }
  await send(directory, "POST", "/Groups", { schemas: [GROUP], displayName: "user-club" });
});
afterAll(() => scim.stop());

const namesOf = ({ body }: Answer): string[] =>
  body.Resources.map(
    (resource: { userName?: string; displayName?: string }) => resource.userName ?? resource.displayName,
  );

describe("index pages", () => {
  it("follow one another in a stable order", async () => {
    const pages = await Promise.all(
      [1, 4, 7, 10].map((startIndex) => send(directory, "GET", `/Users?startIndex=${startIndex}&count=3`)),
    );
    expect(pages.map(namesOf)).toEqual([NAMES.slice(0, 3), NAMES.slice(3, 6), NAMES.slice(6), []]);
    expect(pages.map(({ body }) => [body.totalResults, body.startIndex, body.itemsPerPage])).toEqual([
      [7, 1, 3],
      [7, 4, 3],
      [7, 7, 1],
      [7, 10, 0],
    ]);
  });

  it("count without resources, and take what is below 1 as 1 (RFC 7644 §3.4.2.4)", async () => {
    expect((await send(directory, "GET", "/Users?count=0")).body).toMatchObject({
      totalResults: 7,
      Resources: [],
    });
    expect((await send(directory, "GET", "/Users?startIndex=-3&count=2")).body).toMatchObject({
      startIndex: 1,
    });
    expect((await send(directory, "GET", "/Users?count=-3")).body).toMatchObject({ itemsPerPage: 0 });
  });

  it("are sorted both ways", async () => {
    expect(namesOf(await send(directory, "GET", "/Users?sortBy=title"))).toEqual(NAMES.toReversed());
    expect(namesOf(await send(directory, "GET", "/Users?sortBy=title&sortOrder=descending"))).toEqual(NAMES);
  });
});

describe("cursor pages (RFC 9865)", () => {
  it.each(["", "&sortOrder=descending&sortBy=userName"])("walk the whole list%s", async (order) => {
    const seen: string[] = [];
    let cursor: string | undefined = "";
    while (cursor !== undefined) {
      const page: Answer = await send(directory, "GET", `/Users?count=2${order}&cursor=${cursor}`);
      expect(page.status).toBe(200);
      seen.push(...namesOf(page));
      cursor = page.body.nextCursor;
    }
    expect(seen).toEqual(order === "" ? NAMES : NAMES.toReversed());
  });

  it("refuse a cursor that is none, and one of another query", async () => {
    const { body } = await send(directory, "GET", "/Users?count=2&cursor=");
    const other = `/Users?count=2&filter=active eq true&cursor=${body.nextCursor}`;
    for (const path of ["/Users?cursor=nonsense", other]) {
      expect((await send(directory, "GET", path)).body.scimType).toBe("invalidCursor");
    }
  });
});

describe("projections", () => {
  it("show what is asked for, and always the id", async () => {
    const { body } = await send(directory, "GET", "/Users?attributes=userName&count=1");
    expect(Object.keys(body.Resources[0]).sort()).toEqual(["id", "schemas", "userName"]);
  });

  it("leave out what is excluded, but never the id", async () => {
    const { body } = await send(directory, "GET", "/Users?excludedAttributes=userName,meta,id&count=1");
    expect(body.Resources[0]).not.toHaveProperty("meta");
    expect(body.Resources[0]).toHaveProperty("id");
  });
});

describe("POST /.search", () => {
  it("searches one type", async () => {
    const query = { schemas: [SEARCH], filter: 'userName eq "user-3"', attributes: ["userName"] };
    expect(namesOf(await send(directory, "POST", "/Users/.search", query))).toEqual(["user-3"]);
  });

  it("searches users, then groups, over one range of pages", async () => {
    const query = (startIndex: number) => ({ schemas: [SEARCH], startIndex, count: 3 });
    const last = await send(directory, "POST", "/.search", query(6));
    expect(namesOf(last)).toEqual(["user-5", "user-6", "user-club"]);
    expect(last.body.totalResults).toBe(8);
    const groupsAlone = { schemas: [SEARCH], filter: 'displayName eq "user-club"' };
    expect(namesOf(await send(directory, "POST", "/.search", groupsAlone))).toEqual(["user-club"]);
  });
});
