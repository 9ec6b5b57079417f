/**
 * Somebody new who comes under the names of somebody who is gone: after an erasure, with an address that is given to the next
 * one, with a subject that another identity provider counts anew. None of them is to be given the roles of the former, least
 * of all in the console. CWE-287, CWE-639, CWE-672 (operation on a resource after release).
 */

import { afterAll, beforeAll, expect, it } from "vitest";
import { startScriptedOp } from "../../harness/scripted-op.ts";
import { type Company, letIn, type People, refused, startPeople } from "./company.ts";

let people: People;
beforeAll(async () => {
  people = await startPeople();
});
afterAll(() => people.stop());

/** Makes a member an admin of the console and, unless a directory gives the roles there, of the applications, by hand. */
async function promote(company: Company, sub: string): Promise<string> {
  const { id, source, directory } = await company.member(sub);
  if (source !== "directory" && directory === null) {
    await company.api("PATCH", `/members/${id}`, 200, { roles: ["admin"] });
  }
  await company.api("PUT", `/members/${id}/console-role`, 200, { role: "organizationAdmin" });
  return id;
}
const administrators = async ({ organizationId }: Company) =>
  (await people.site.gateway.database.prisma.consoleRole.findMany({ where: { organizationId } })).length;

it("after an erasure the same subject and address are a stranger's", async () => {
  const company = await people.addCompany();
  const login = () => company.signIn({ sub: "jo", email: company.at("jo"), email_verified: true });
  const jo = letIn(await login());
  const id = await promote(company, jo.sub);
  expect(letIn(await login()).roles).toContain("admin");
  await company.api("POST", `/members/${id}/erase`, 200);
  const stranger = letIn(await login());
  expect(stranger.sub).not.toBe(jo.sub);
  expect(stranger.roles).not.toContain("admin");
  expect(await administrators(company)).toBe(0);
});

it("a colleague who is given the address of somebody erased keeps what is theirs, and gets nothing more", async () => {
  const company = await people.addCompany();
  const directory = await company.addDirectory();
  await directory.push({ userName: company.at("anna"), externalId: "1" });
  const anna = letIn(await company.signIn({ sub: "anna", email: company.at("anna"), email_verified: true }));
  const id = await promote(company, anna.sub);
  await company.api("POST", `/members/${id}/erase`, 200);
  await directory.push({ userName: company.at("anna"), externalId: "2" });
  const next = letIn(
    await company.signIn({ sub: "anna.b", email: company.at("anna"), email_verified: true }),
  );
  expect(next.sub).not.toBe(anna.sub);
  expect(next.roles).not.toContain("admin");
  expect(await administrators(company)).toBe(0);
});

it("a newcomer whom the directory gives the address of somebody deleted gets none of that one's roles", async () => {
  const company = await people.addCompany();
  const directory = await company.addDirectory();
  const former = await directory.push({ userName: company.at("anna"), externalId: "1" });
  const anna = letIn(await company.signIn({ sub: "anna", email: company.at("anna"), email_verified: true }));
  await promote(company, anna.sub);
  await directory.remove(former);
  refused(await company.signIn({ sub: "anna", email: company.at("anna"), email_verified: true }));
  await directory.push({ userName: company.at("anna"), externalId: "2" });
  const next = letIn(
    await company.signIn({ sub: "anna.b", email: company.at("anna"), email_verified: true }),
  );
  expect([next.sub === anna.sub, next.roles]).toEqual([false, ["member"]]);
  const roles = await people.site.gateway.database.prisma.consoleRole.findMany({
    where: { organizationId: company.organizationId, membership: { userId: next.sub } },
  });
  expect(roles).toEqual([]);
  // An administrator is told, and may say that they are one.
  expect(await company.conflicts()).toMatchObject([{ claim: `address:${company.at("anna")}` }]);
});

it("the same externalId, or none, is the one who was there before", async () => {
  for (const externalId of [{ externalId: "7" }, {}]) {
    const company = await people.addCompany();
    const directory = await company.addDirectory();
    const login = () => company.signIn({ sub: "anna", email: company.at("anna"), email_verified: true });
    const former = await directory.push({ userName: company.at("anna"), ...externalId });
    const anna = letIn(await login());
    await directory.remove(former);
    await directory.push({ userName: company.at("anna"), ...externalId });
    expect(letIn(await login()).sub).toBe(anna.sub);
  }
});

it("a subject of another identity provider is nobody's whom the former knew by it", async () => {
  const company = await people.addCompany();
  const jo = letIn(await company.signIn({ sub: "1", email: company.at("jo"), email_verified: true }));
  await promote(company, jo.sub);
  const other = await startScriptedOp();
  try {
    const connections = (await company.api("GET", "/connections", 200)) as {
      items: { id: string; type: string }[];
    };
    const connection = connections.items.find(({ type }) => type === "oidc")?.id ?? "";
    await company.api("PATCH", `/connections/${connection}`, 200, {
      oidc: { issuer: other.issuer, clientSecret: "new" },
    });
    other.claims = { sub: "1", email: company.at("newcomer"), email_verified: true };
    const { application, gateway, newBrowser } = people.site;
    const browser = newBrowser();
    const start = application.startUrl({ organization: company.slug, connection });
    let page = await browser.get(start.url);
    while (page.location.startsWith(gateway.url) || page.location.startsWith(other.issuer)) {
      page = await browser.get(page.location);
    }
    const newcomer = await application.claimsOf(start, page.location);
    expect(newcomer.sub).not.toBe(jo.sub);
    expect(newcomer.roles).not.toContain("admin");
  } finally {
    await other.close();
  }
});
