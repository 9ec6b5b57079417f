import { describe, expect, it } from "vitest";
import { z } from "zod";
import { certificateOf, type Fixture, publishedMetadata } from "./fixture.ts";
import { PERSON } from "./foreign-idp.ts";

const keyView = z.object({ id: z.string() });
const keyPage = z.object({ items: z.array(keyView) });

/** What every IdP has to be able to do with the gateway to sign somebody in. */
export function describeSignIn(fixture: () => Fixture): void {
  const whole = {
    email: PERSON.email,
    name: PERSON.name,
    given_name: PERSON.givenName,
    family_name: PERSON.familyName,
    groups: expect.arrayContaining([...PERSON.groups]), // LemonLDAP::NG has no order
    connection_type: "saml",
    roles: ["member"],
  };

  it("signs in from the application, and the assertion is normalized", async () => {
    const tenant = await fixture().addTenant();
    const claims = await fixture().signIn(tenant, await fixture().newPage());
    expect(claims).toMatchObject({ ...whole, email_verified: true, org_slug: tenant.slug });
  });

  it("is the same person at the next login, who need not type anything while the IdP remembers them", async () => {
    const tenant = await fixture().addTenant();
    const page = await fixture().newPage();
    const first = await fixture().signIn(tenant, page);
    await page.context().clearCookies({ domain: "localhost" }); // the gateway's; the IdP is at 127.0.0.1
    const second = await fixture().signIn(tenant, page, { atIdp: async () => undefined });
    expect(second.sub).toBe(first.sub);
    expect(second.sid).not.toBe(first.sid);
  });

  it("decrypts its assertions", async () => {
    const tenant = await fixture().addTenant({ encrypt: true });
    const page = await fixture().newPage();
    const posted: string[] = [];
    page.on("request", (request) => {
      if (request.url() === tenant.acsUrl) {
        posted.push(request.postData() ?? "");
      }
    });
    expect(await fixture().signIn(tenant, page)).toMatchObject({ ...whole, email_verified: false });
    const response = new URLSearchParams(posted[0]).get("SAMLResponse") ?? "";
    expect(Buffer.from(response, "base64").toString()).toContain("EncryptedAssertion");
  });

  describe("where it takes signed requests only", () => {
    it.each(["redirect", "post"] as const)("verifies ours over %s", async (ssoBinding) => {
      const own = ssoBinding === "redirect" ? {} : await explicitly(ssoBinding);
      const tenant = await fixture().addTenant({ wantSignedRequests: true }, { ...own, signRequests: true });
      expect(await fixture().signIn(tenant, await fixture().newPage())).toMatchObject(whole);
    });

    it("verifies them indeed: it refuses those of another key", async () => {
      const tenant = await fixture().addTenant({}, { signRequests: true });
      const [known, foreign] = [
        await publishedMetadata(tenant),
        await publishedMetadata(await fixture().addTenant()),
      ];
      const anotherKey = known.replaceAll(certificateOf(known), certificateOf(foreign));
      await fixture().idp.trust(anotherKey, { wantSignedRequests: true });
      const page = await fixture().newPage();
      await page.goto(fixture().site.application.startUrl({ organization: tenant.slug }).url);
      if ((await page.locator("input[type=password]").count()) > 0) {
        await fixture().idp.signIn(page);
      }
      await page.waitForLoadState("networkidle");
      expect(new URL(page.url()).hostname, "the IdP keeps them").toBe("127.0.0.1");
      expect(await tenant.sessions()).toBe(0);
    });
  });

  it("signs in throughout a rotation of our key, reading our metadata once", async () => {
    const behaviour = { encrypt: true, wantSignedRequests: true };
    const tenant = await fixture().addTenant(behaviour, { signRequests: true });
    const { gateway } = fixture().site;
    const keys = `/organizations/${tenant.slug}/connections/${tenant.connectionId}/keys`;
    const signIn = async () =>
      expect(await fixture().signIn(tenant, await fixture().newPage())).toMatchObject(whole);
    const [old] = keyPage.parse((await gateway.api("GET", keys)).body).items;
    const fresh = keyView.parse((await gateway.api("POST", keys)).body);
    await signIn();
    await fixture().idp.trust(await publishedMetadata(tenant), behaviour);
    await signIn();
    expect((await gateway.api("POST", `${keys}/${fresh.id}/activate`)).status).toBe(200);
    await signIn();
    expect((await gateway.api("DELETE", `${keys}/${old?.id}`)).status).toBe(204);
    await signIn();
  });

  /** The connection without metadata, for the other binding. */
  async function explicitly(ssoBinding: "post") {
    const xml = await fixture().idp.metadataXml();
    const service = /SingleSignOnService\s[^>]*HTTP-POST"[^>]*\sLocation="([^"]+)"/.exec(xml)?.[1];
    const ssoUrl = service ?? /SingleSignOnService\s[^>]*Location="([^"]+)"/.exec(xml)?.[1];
    const certificate = certificateOf(xml).replace(/\s/g, "");
    const idpEntityId = /entityID="([^"]+)"/.exec(xml)?.[1];
    return { metadataXml: undefined, idpEntityId, ssoUrl, ssoBinding, certificates: [certificate] };
  }

  it("is refused as an identity where it names people differently each time", async () => {
    const tenant = await fixture().addTenant({ transient: true });
    await expect(fixture().signIn(tenant, await fixture().newPage())).rejects.toThrow(
      /does not say who you are/,
    );
    expect(await tenant.lastRecord()).toMatchObject({ errorCode: "subject_transient" });
  });

  it("lets nobody in from its own pages, where the connection does not allow that", async () => {
    const tenant = await fixture().addTenant();
    const page = await fixture().newPage();
    await page.goto(fixture().idp.startUrl(tenant));
    await fixture().idp.signIn(page);
    await page.getByRole("heading", { name: "Please start at the application" }).waitFor();
    expect(await tenant.lastRecord()).toMatchObject({ errorCode: "response_unsolicited" });
    expect(await tenant.sessions()).toBe(0);
  });
}

/** What an IdP does that honors ForceAuthn while it remembers the person. */
export function describeForcedSignIn(fixture: () => Fixture): void {
  it("has the person type their password again where the application asks for it", async () => {
    const tenant = await fixture().addTenant();
    const page = await fixture().newPage();
    const first = await fixture().signIn(tenant, page);
    await page.waitForTimeout(1_100); // authentication is told in whole seconds
    const again = await fixture().signIn(tenant, page, { choice: { prompt: "login" } });
    expect(again.sub).toBe(first.sub);
    expect(again.auth_time ?? Number.NaN).toBeGreaterThan(first.auth_time ?? Number.NaN);
  });
}
