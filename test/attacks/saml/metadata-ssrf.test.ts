/**
 * Server-side request forgery: a metadata URL that leads the gateway to where only the gateway gets: the cloud's metadata
 * service, the internal network, by itself or by a redirect that begins once the URL is trusted.
 * CWE-918; OWASP API Security Top 10 2023, API7.
 */

import { type MetadataServer, startMetadataServer } from "@sallyport/connections/idp-metadata/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestGateway, type TestGateway } from "../../harness/gateway.ts";
import { type MetadataVictim, startMetadataVictim } from "./metadata-victim.ts";
import { newIdp } from "./victim.ts";

const idp = newIdp();
const next = newIdp(idp.entityId);
const ROLLED = idp.metadata({ certificates: [idp.certificate, next.certificate] });

describe("a URL that leads inside", () => {
  let gateway: TestGateway;
  let inside: MetadataServer;
  beforeAll(async () => {
    // As in production: not even loopback is allowed.
    gateway = await startTestGateway({ roles: ["admin"], env: { OUTBOUND_ALLOW: "203.0.113.0/24" } });
    inside = await startMetadataServer(idp.metadata());
    await gateway.api("POST", "/organizations", { slug: "acme", name: "Acme" });
  });
  afterAll(async () => {
    await inside.close();
    await gateway.stop();
  });

  it.each([
    "https://169.254.169.254/latest/meta-data/",
    "https://[fd00:ec2::254]/latest/meta-data/",
    "https://10.0.0.1/metadata",
    "https://[::ffff:10.0.0.1]/metadata",
    "https://2130706433/metadata",
    "https://0x7f.1/metadata",
    "https://localhost/metadata",
    () => inside.url,
    () => inside.url.replace("127.0.0.1", "localhost"),
  ])("is not followed: %s", async (url) => {
    const metadataUrl = typeof url === "string" ? url : url();
    const saml = { metadataUrl };
    const answer = await gateway.api("POST", "/organizations/acme/connections", {
      type: "saml",
      name: "IdP",
      saml,
    });
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ code: "metadata_unavailable" });
    expect(inside.requests).toBe(0);
  });

  it.each([
    "file:///etc/passwd",
    "http://idp.example.test/metadata",
    "https://a:b@idp.example.test/metadata",
  ])("is no URL to fetch: %s", async (metadataUrl) => {
    const body = { type: "saml", name: "IdP", saml: { metadataUrl } };
    const answer = await gateway.api("POST", "/organizations/acme/connections", body);
    expect([answer.status, answer.body]).toMatchObject([400, { code: "input_invalid" }]);
  });
});

describe("a URL that was good once", () => {
  let victim: MetadataVictim;
  let inside: MetadataServer;
  beforeAll(async () => {
    victim = await startMetadataVictim(idp.metadata());
    inside = await startMetadataServer(ROLLED);
  });
  afterAll(async () => {
    await inside.close();
    await victim.stop();
  });

  it.each([301, 302, 307, 308])("takes nobody elsewhere by a redirect: %i", async (status) => {
    victim.server.serve((_req, res) => res.writeHead(status, { location: inside.url }).end());
    expect(await victim.refresh()).toMatchObject({ certificates: 1, problem: "metadata_unavailable" });
    expect(inside.requests).toBe(0);
  });

  it("is followed where it leads nowhere else", async () => {
    victim.server.serve(ROLLED);
    expect(await victim.refresh()).toMatchObject({ certificates: 2, problem: undefined });
  });
});
