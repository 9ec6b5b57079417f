import { describe, expect, it } from "vitest";
import type { Fixture } from "./fixture.ts";
import { PERSON } from "./foreign-idp.ts";

/** What an IdP has to be able to do to send people from its own pages. */
export function describeIdpInitiated(fixture: () => Fixture): void {
  const addTenant = () =>
    fixture().addTenant({}, { idpInitiated: { applicationId: fixture().site.application.id } });

  describe("from its own pages, where the connection allows that,", () => {
    it("brings people in by one redirect more, and they type their password once", async () => {
      const tenant = await addTenant();
      const page = await fixture().newPage();
      const asked: string[] = [];
      page.on("request", (request) => {
        if (new URL(request.url()).searchParams.has("SAMLRequest")) {
          asked.push(request.url());
        }
      });
      const { claims, target } = await fixture().comeFromPortal(tenant, page);
      expect(claims).toMatchObject({ name: PERSON.name, org_slug: tenant.slug, connection_type: "saml" });
      expect([target, asked.length, await tenant.sessions()]).toEqual([null, 1, 1]);
      expect(await tenant.lastRecord()).toMatchObject({ outcome: "success" });
    });

    it("brings them to a page that the application has registered, and to no other", async () => {
      const tenant = await addTenant();
      const { targetUri } = fixture().site.application;
      const there = await fixture().comeFromPortal(tenant, await fixture().newPage(), targetUri);
      expect(there.target).toBe(targetUri);
      const elsewhere = await fixture().comeFromPortal(
        tenant,
        await fixture().newPage(),
        "https://evil.example/",
      );
      expect(elsewhere.target).toBeNull();
    });

    it("is who they are there, whoever was signed in at the application before", async () => {
      const tenant = await addTenant();
      const page = await fixture().newPage();
      const first = (await fixture().comeFromPortal(tenant, page)).claims;
      await page.goto(fixture().idp.startUrl(tenant));
      await page.waitForURL(/\/callback/);
      expect([first.name, await tenant.sessions()]).toEqual([PERSON.name, 2]);
    });
  });
}
