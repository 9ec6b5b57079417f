/**
 * A group with a delimiter in its name: whoever may name a group at the identity provider names one `x;Executives`, and
 * is taken for a member of both. CWE-140 (improper neutralization of delimiters), CWE-269.
 */

import { afterAll, beforeAll, expect, it } from "vitest";
import { type OidcSite, type OidcTenant, startOidcSite } from "../../harness/oidc-site.ts";
import { type ScriptedOp, startScriptedOp } from "../../harness/scripted-op.ts";

let op: ScriptedOp;
let site: OidcSite;
let plain: OidcTenant;
let delimited: OidcTenant;
beforeAll(async () => {
  op = await startScriptedOp();
  site = await startOidcSite();
  plain = await site.addTenant("acme", op);
  delimited = await site.addTenant("bravo", op, { groupsDelimiter: ";" });
  for (const slug of ["acme", "bravo"]) {
    await site.call("PUT", `/organizations/${slug}/group-mappings`, 200, [
      { group: "Executives", role: "admin" },
    ]);
  }
}, 60_000);
afterAll(async () => {
  await site.stop();
  await op.close();
});

async function rolesAt(tenant: OidcTenant, groups: unknown) {
  op.claims = { sub: "jo", groups };
  const claims = await tenant.signIn();
  return { groups: "groups" in claims && claims.groups.toSorted(), roles: "roles" in claims && claims.roles };
}

it.each([
  ["alone in an array", ["x;Executives"], ["x;Executives"]],
  ["beside another", ["x;Executives", "Staff"], ["Staff", "x;Executives"]],
  ["beside an empty one", ["x;Executives", ""], ["x;Executives"]],
  ["as a string, where nobody said that a string is a list", "x;Executives", ["x;Executives"]],
  ["as a string with other signs", "x,Executives", ["x,Executives"]],
])("is one group: %s", async (_name, groups, shown) => {
  expect(await rolesAt(plain, groups)).toEqual({ groups: shown, roles: ["member"] });
});

it.each([[["x;Executives"]], [["x;Executives", ""]]])(
  "is one group in an array, also where the connection has a delimiter: %j",
  async (groups) => {
    expect(await rolesAt(delimited, groups)).toEqual({ groups: ["x;Executives"], roles: ["member"] });
  },
);

it("lets in with their groups those of a provider that sends an array", async () => {
  const both = { groups: ["Executives", "Staff"], roles: ["admin", "member"] };
  expect(await rolesAt(plain, ["Staff", "Executives"])).toEqual(both);
  expect(await rolesAt(delimited, ["Staff", "Executives"])).toEqual(both);
});

it("lets in with their groups those of a provider that sends one string, where the connection says so", async () => {
  expect(await rolesAt(delimited, "Staff;Executives")).toEqual({
    groups: ["Executives", "Staff"],
    roles: ["admin", "member"],
  });
});
