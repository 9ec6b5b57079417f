import { describe, expect, it } from "vitest";
import { PERSON } from "./foreign-idp.ts";
import type { Stand } from "./stand.ts";

/** What an IdP has to be able to do to send people from its own pages. */
export function describeIdpInitiated(stand: () => Stand): void {
  const addTenant = () =>
    stand().addTenant({}, { idpInitiated: { applicationId: stand().site.application.id } });

  describe("from its own pages, where the connection allows that,", () => {
    it("brings people in by one redirect more, and they type their password once", async () => {
      const tenant = await addTenant();
      const page = await stand().newPage();
      const asked: string[] = [];
      page.on("request", (request) => {
        if (new URL(request.url()).searchParams.has("SAMLRequest")) {
          asked.push(request.url());
        }
      });
      const { claims, target } = await stand().comeFromPortal(tenant, page);
      expect(claims).toMatchObject({ name: PERSON.name, org_slug: tenant.slug, connection_type: "saml" });
      expect([target, asked.length, await tenant.sessions()]).toEqual([null, 1, 1]);
      expect(await tenant.lastRecord()).toMatchObject({ outcome: "success" });
    });

    it("brings them to a page that the application has registered, and to no other", async () => {
      const tenant = await addTenant();
      const { targetUri } = stand().site.application;
      const there = await stand().comeFromPortal(tenant, await stand().newPage(), targetUri);
      expect(there.target).toBe(targetUri);
      const elsewhere = await stand().comeFromPortal(
        tenant,
        await stand().newPage(),
        "https://evil.example/",
      );
      expect(elsewhere.target).toBeNull();
    });

    it("is who they are there, whoever was signed in at the application before", async () => {
      const tenant = await addTenant();
      const page = await stand().newPage();
      const first = (await stand().comeFromPortal(tenant, page)).claims;
      await page.goto(stand().idp.startUrl(tenant));
      await page.waitForURL(/\/callback/);
      expect([first.name, await tenant.sessions()]).toEqual([PERSON.name, 2]);
    });
  });
}
