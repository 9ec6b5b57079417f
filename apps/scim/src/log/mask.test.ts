import { describe, expect, it } from "vitest";
import { loggedBody, loggedPath } from "./mask.ts";

const SECRET = "hunter2";
const PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
const SEARCH = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";
const USER = "urn:ietf:params:scim:schemas:core:2.0:User";

const patch = (operation: object) => ({ schemas: [PATCH], Operations: [operation] });

describe("a body with a password", () => {
  const bodies: [where: string, body: unknown][] = [
    ["as an attribute", { schemas: [USER], userName: "ada", password: SECRET }],
    ["in any case", { PassWord: SECRET }],
    ["named by a path", patch({ op: "replace", path: "password", value: SECRET })],
    ["named by a path with its URN", patch({ OP: "Replace", PATH: `${USER}:Password`, VALUE: SECRET })],
    ["in an operation without a path", patch({ op: "replace", value: { password: SECRET } })],
    ["under a dotted key", patch({ op: "replace", value: { [`${USER}:password`]: SECRET } })],
    ["below a path", patch({ op: "add", path: "password", value: [{ value: SECRET }] })],
    ["compared in a path", patch({ op: "remove", path: `emails[password eq "${SECRET}"]` })],
    ["compared in a search", { schemas: [SEARCH], filter: `password eq "${SECRET}"` }],
    ["compared in a search, with escapes", { filter: `userName pr and password co "a\\"${SECRET}"` }],
    [
      "in Bulk",
      {
        Operations: [
          { method: "POST", path: "/Users", bulkId: "a", data: { password: SECRET } },
          {
            method: "PATCH",
            path: "/Users/1",
            data: patch({ op: "replace", path: "password", value: SECRET }),
          },
        ],
      },
    ],
    ["quoted by the answer", { detail: `The filter password eq "${SECRET}" cannot be read.` }],
  ];
  it.each(bodies)("%s is logged without it", (_where, body) => {
    const logged = loggedBody(body) ?? "";
    expect(logged).not.toContain(SECRET);
    expect(JSON.parse(logged)).toBeTypeOf("object");
  });

  it("keeps what says where it was", () => {
    const body = patch({ op: "replace", path: "password", value: SECRET });
    expect(loggedBody(body)).toBe(JSON.stringify(patch({ op: "replace", path: "password", value: "***" })));
  });

  it("keeps a filter that compares nothing secret", () => {
    const body = { filter: 'userName eq "ada"', password: SECRET };
    expect(loggedBody(body)).toBe(JSON.stringify({ filter: 'userName eq "ada"', password: "***" }));
  });
});

describe("a path", () => {
  it.each([
    ["/Users?filter=password%20eq%20%22hunter2%22"],
    ["/Users?filter=pass%77ord%20eq%20%22hunter2%22"],
    ["/Users?filter=pass%77ord%20eq%20%22hunter2%22&x=%zz"],
    ["/Users?filter=p%61ssword+eq+%22hunter2%22&x=%E9"],
  ])("%s is logged without what it compares", (path) => {
    expect(loggedPath(path)).not.toContain(SECRET);
  });

  it("is logged readable", () => {
    expect(loggedPath("/Users?filter=userName+eq+%22ada%22&count=%zz")).toBe(
      '/Users?filter=userName eq "ada"&count=%zz',
    );
  });
});
