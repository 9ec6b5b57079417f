/**
 * Whom nobody has let in: an IdP signs in whomever it knows, while the organization wants those alone whom its directory
 * names. CWE-862 (missing authorization).
 */

import { defined } from "@sallyport/defined";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Company, letIn, type People, refused, startPeople } from "./company.ts";

let people: People;
beforeAll(async () => {
  people = await startPeople();
});
afterAll(() => people.stop());

const login = (company: Company, name: string) =>
  company.signIn({ sub: name, email: company.at(name), email_verified: true });
const directoryOnly = (company: Company, status = 200, expectedLockedOut?: number) =>
  company.api("PATCH", "", status, {
    signIn: "directory",
    ...defined({ expectedLockedOut }),
  });

describe("signIn: directory", () => {
  it("refuses whom no directory knows, says whom to ask, and records what was compared", async () => {
    const company = await people.addCompany();
    await directoryOnly(company);
    const page = refused(await login(company, "mallory"));
    expect(page.status).toBe(403);
    expect(page.body).toMatch(/not been given access/);
    expect(page.body).toMatch(/Ask your organization/);
    expect(page.body).not.toContain(company.at("mallory"));
    const record = await company.lastRecord();
    expect(record).toContain("not_provisioned");
    expect(record).toContain(`address:${company.at("mallory")}`);
    expect(record).toContain("id:mallory");
    expect(await company.members()).toEqual([]);
  });

  it("refuses by SAML, too, and a namesake of what another company's directory knows", async () => {
    const company = await people.addCompany();
    await directoryOnly(company);
    const other = await people.addCompany();
    await (await other.addDirectory()).push({ userName: company.at("jo"), externalId: "jo" });
    for (const entry of [
      await login(company, "jo"),
      await company.signInBySaml({ nameId: "jo", attributes: { email: company.at("jo") } }),
    ]) {
      expect(refused(entry).body).toMatch(/not been given access/);
    }
  });

  it.each(["address", "subject"])("lets in whom a directory knows by the %s, and only then", async (by) => {
    const company = await people.addCompany({ provider: "okta" });
    await directoryOnly(company);
    const directory = await company.addDirectory();
    refused(await login(company, "jo"));
    await directory.push(
      by === "address" ? { userName: company.at("jo") } : { userName: "x", externalId: "jo" },
    );
    expect(letIn(await login(company, "jo")).roles).toEqual(["member"]);
    refused(await login(company, "mallory"));
  });

  it("lets nobody in by an address that the IdP does not verify", async () => {
    const company = await people.addCompany();
    await directoryOnly(company);
    await (await company.addDirectory()).push({ userName: company.at("ceo") });
    const entry = await company.signIn({ sub: "mallory", email: company.at("ceo"), email_verified: false });
    expect(refused(entry).status).toBe(403);
  });

  it("tells first whom it would lock out, and locks out no other number than was expected", async () => {
    const company = await people.addCompany();
    const directory = await company.addDirectory();
    await directory.push({ userName: company.at("pushed") });
    const pushed = letIn(await login(company, "pushed"));
    const jit = letIn(await login(company, "jit"));
    const byHand = await company.api("POST", "/members", 201, { email: company.at("hand") });
    expect(await company.api("GET", "/sign-in-policy/plan", 200)).toMatchObject({
      count: 2,
      items: [
        { userId: jit.sub, email: company.at("jit"), source: "jit" },
        { userId: (byHand as { userId: string }).userId, source: "manual" },
      ],
    });

    await directoryOnly(company, 409, 1);
    expect(letIn(await login(company, "jit")).sub).toBe(jit.sub);
    await directoryOnly(company, 200, 2);
    expect(await company.eventTypes()).toContain("organization.updated");
    expect(refused(await login(company, "jit")).body).toMatch(/not been given access/);
    expect(refused(await login(company, "hand")).body).toMatch(/not been given access/);
    expect(letIn(await login(company, "pushed")).sub).toBe(pushed.sub);

    await directory.push({ userName: company.at("jit") });
    expect(letIn(await login(company, "jit")).sub).toBe(jit.sub);
    expect(await company.api("GET", "/sign-in-policy/plan", 200)).toMatchObject({ count: 1 });
    await company.api("PATCH", "", 200, { signIn: "justInTime" });
    letIn(await login(company, "hand"));
  });

  it("is nothing that another company's key could switch or ask", async () => {
    const company = await people.addCompany();
    const other = await people.addCompany();
    const made = await people.site.call("POST", "/api-keys", 201, { name: "key", organization: other.slug });
    const { key } = made as { key: string };
    const { gateway } = people.site;
    for (const [method, path, body] of [
      ["PATCH", "", { signIn: "directory" }],
      ["GET", "/sign-in-policy/plan", undefined],
      ["GET", "/conflicts", undefined],
    ] as const) {
      const answer = await gateway.api(method, `/organizations/${company.slug}${path}`, body, key);
      expect(answer.status).toBe(404);
    }
    letIn(await login(company, "jo"));
  });
});

describe("signIn: justInTime", () => {
  it("marks newcomers beside an active directory as unmanaged, until it knows them", async () => {
    const company = await people.addCompany();
    const before = letIn(await login(company, "before"));
    expect((await company.member(before.sub)).unmanaged).toBe(false);
    const directory = await company.addDirectory();
    const jo = letIn(await login(company, "jo"));
    expect((await company.member(jo.sub)).unmanaged).toBe(true);
    const events = JSON.stringify(await company.api("GET", "/audit-events?type=membership.created", 200));
    expect(events).toContain('"unmanaged":true');
    await directory.push({ userName: company.at("jo") });
    expect(await company.member(jo.sub)).toMatchObject({ unmanaged: false, source: "directory" });
    await company.api("PATCH", `/directories/${directory.id}`, 200, { status: "disabled" });
    expect((await company.member(before.sub)).unmanaged).toBe(false);
  });
});
