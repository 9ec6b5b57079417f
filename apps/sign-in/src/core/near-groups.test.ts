import { createTestIdp } from "@sallyport/saml/testing";
import { createBrowser } from "@sallyport/testing-browser";
import { afterAll, beforeAll, expect, it } from "vitest";
import { answerSaml, postSaml, startSaml } from "../testing/saml-login.ts";
import { createSignInFixture, type SignInFixture } from "../testing/sign-in-fixture.ts";

const idp = createTestIdp();
let fixture: SignInFixture;
let connectionId: string;

beforeAll(async () => {
  fixture = await createSignInFixture();
  const acme = await fixture.addOrganization("acme", ["acme.com"]);
  await fixture.addRole(acme, "admin", ["Engineering"]);
  connectionId = await fixture.addSamlConnection(acme, idp);
});
afterAll(() => fixture.close());

async function signInWith(groups: string[], nameId = "ann@acme.com") {
  const browser = createBrowser();
  const request = await startSaml(fixture, browser, connectionId);
  const response = answerSaml(fixture, idp, request, { nameId, attributes: { groups } });
  expect((await postSaml(fixture, browser, request, response)).status).toBe(303);
  const record = await fixture.database.prisma.loginRecord.findFirstOrThrow({
    where: { connectionId },
    orderBy: { id: "desc" },
  });
  const roles = await fixture.database.prisma.roleBinding.findMany({ include: { role: true } });
  return { steps: JSON.stringify(record.steps), roles: roles.map(({ role }) => role.key).sort() };
}

it("points out a group that nearly matches a mapping, at the first login and later, and gives nothing for it", async () => {
  for (const _login of ["first", "second"]) {
    const { steps, roles } = await signInWith(["/Engineering", "Sales"]);
    expect(steps).toContain("group_nearly_mapped");
    expect(steps).toContain('"group":"/Engineering"');
    expect(steps).toContain('"mapped":"engineering"');
    expect(steps).not.toContain('"group":"Sales"');
    expect(roles).toEqual(["member"]);
  }
});

it("says nothing where a group matches, in any case, and gives its role", async () => {
  const { steps, roles } = await signInWith(["ENGINEERING", "Sales"]);
  expect(steps).not.toContain("group_nearly_mapped");
  expect(roles).toEqual(["admin", "member"]);
});
