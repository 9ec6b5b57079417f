import { parseConnectionSettings } from "@sallyport/connections";
import { type MetadataServer, startMetadataServer } from "@sallyport/connections/idp-metadata/testing";
import { selfSignedCertificate } from "@sallyport/saml";
import { createTestIdp } from "@sallyport/saml/testing";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startApi, type TestApi } from "../../../testing/api.ts";
import { createWorld } from "../../../testing/world.ts";
import { connection } from "../schema.ts";

const DAY = 24 * 3_600_000;

const idp = createTestIdp();
const next = createTestIdp();
const renamed = createTestIdp({ entityId: "https://renamed.example.test" });
const federation = createTestIdp({ entityId: "https://federation.example.test" });
const signed = idp.metadata({ signer: federation.signer });

let api: TestApi;
let server: MetadataServer;
beforeAll(async () => {
  api = await startApi();
  await createWorld(api, "acme");
});
afterAll(() => api.close());
beforeEach(async () => {
  api.clock.now = new Date();
  server = await startMetadataServer(idp.metadata());
});
afterEach(() => server.close());

const create = (saml: unknown) =>
  api.call("createConnection", { params: { org: "acme" }, body: { type: "saml", name: "IdP", saml } });
const call = (operationId: string, connectionId: string, body?: unknown) =>
  api.call(operationId, { params: { org: "acme", connectionId }, body });
const patch = (id: string, saml: unknown) => call("updateConnection", id, { saml });
const refresh = (id: string) => call("refreshConnectionMetadata", id);
const apply = (id: string, digest: string) => call("applyHeldBackMetadata", id, { digest });

async function follow(saml: object = {}): Promise<string> {
  return (await create({ metadataUrl: server.url, ...saml })).as(connection).id;
}

async function settingsOf(id: string) {
  const row = await api.deps.database.prisma.connection.findUniqueOrThrow({ where: { id } });
  return parseConnectionSettings("saml", row.settings);
}

async function eventsOf(id: string): Promise<string[]> {
  const where = { resourceId: id };
  const rows = await api.deps.database.prisma.event.findMany({ where, orderBy: { id: "asc" } });
  return rows.map(({ type }) => type);
}

describe("a connection with a metadata URL", () => {
  it("follows it from its first day, and says when it is looked at", async () => {
    const made = (await create({ metadataUrl: server.url })).as(connection);
    const { now } = api.clock;
    expect(made.saml?.metadata).toEqual({
      ...{ refreshedAt: now.toISOString(), checkedAt: now.toISOString(), validUntil: null },
      nextCheckAt: expect.any(String),
    });
    expect(Date.parse(made.saml?.metadata?.nextCheckAt ?? "")).toBeGreaterThan(now.getTime() + 50 * 60_000);
  });

  it("follows another one from the change on, and none once facts are given by hand", async () => {
    const id = await follow();
    server.serve(renamed.metadata());
    await refresh(id);
    const there = await startMetadataServer(next.metadata());
    try {
      const changed = (await patch(id, { metadataUrl: there.url })).as(connection);
      expect(changed.saml?.metadata).not.toHaveProperty("problem");
      expect(changed.saml?.metadata).not.toHaveProperty("heldBack");
      expect((await patch(id, { forceAuthn: true })).as(connection).saml).toHaveProperty("metadata");
    } finally {
      await there.close();
    }
    const byHand = (await patch(id, { ssoUrl: "https://new.example.test/sso" })).as(connection);
    expect(byHand.saml).not.toHaveProperty("metadata");
    expect((await refresh(id)).outcome).toEqual([409, "metadata_not_followed"]);
    expect((await patch(id, { metadataXml: idp.metadata() })).as(connection).saml).not.toHaveProperty(
      "metadata",
    );
  });

  it("keeps what an operator says of signed requests", async () => {
    const [told, untold] = [await follow({ signRequests: false }), await follow()];
    server.serve(idp.metadata({ wantAuthnRequestsSigned: true }));
    const signs = async (id: string) => (await refresh(id)).as(connection).saml?.signRequests;
    expect([await signs(told), await signs(untold)]).toEqual([false, true]);
    expect((await patch(untold, { signRequests: false })).as(connection).saml?.signRequests).toBe(false);
    expect(await signs(untold)).toBe(false);
  });
});

describe("refreshing now", () => {
  it("applies what is safe, in the caller's name", async () => {
    const id = await follow();
    server.serve(idp.metadata({ certificates: [idp.certificate, next.certificate] }));
    const refreshed = (await refresh(id)).as(connection);
    expect(refreshed.saml?.certificates).toHaveLength(2);
    expect(await eventsOf(id)).toEqual([
      "connection.created",
      "connection.metadata_applied",
      "connection.metadata_checked",
    ]);
    const events = await api.call("listAuditEvents", {
      params: { org: "acme" },
      query: { type: "connection.metadata_applied", limit: "1" },
    });
    expect(events.body).toMatchObject({ items: [{ actor: { type: "operator" } }] });
  });

  it("answers with what is wrong, in plain words, and changes nothing", async () => {
    const id = await follow();
    server.serve((_req, res) => res.writeHead(500).end());
    expect((await refresh(id)).as(connection).saml?.metadata?.problem).toEqual({
      code: "metadata_unavailable",
      message: "The server answered 500.",
      fix: expect.stringContaining("metadata URL"),
      since: api.clock.now.toISOString(),
    });
    expect((await settingsOf(id)).certificates).toEqual([idp.certificate]);
  });

  it("finds that somebody else has changed the connection meanwhile", async () => {
    const id = await follow();
    server.serve((_req, res) => void patch(id, { forceAuthn: true }).then(() => res.end(renamed.metadata())));
    expect((await refresh(id)).outcome).toEqual([409, "changed_meanwhile"]);
    expect(await settingsOf(id)).toMatchObject({ forceAuthn: true, idpEntityId: idp.entityId });
  });
});

describe("a change that is held back", () => {
  it("is shown, and applied by whoever has seen it", async () => {
    const id = await follow();
    server.serve(renamed.metadata());
    const { saml } = (await refresh(id)).as(connection);
    expect(saml).toMatchObject({
      idpEntityId: idp.entityId,
      metadata: {
        problem: { code: "metadata_entity_changed" },
        heldBack: {
          changes: { settings: [{ name: "idpEntityId", from: idp.entityId, to: renamed.entityId }] },
        },
      },
    });
    expect((await apply(id, "0".repeat(64))).outcome).toEqual([409, "metadata_not_held_back"]);
    const applied = (await apply(id, saml?.metadata?.heldBack?.digest ?? "")).as(connection);
    expect(applied.saml).toMatchObject({ idpEntityId: renamed.entityId, metadata: { validUntil: null } });
    expect(applied.saml?.metadata).not.toHaveProperty("heldBack");
    expect((await apply(id, saml?.metadata?.heldBack?.digest ?? "")).status).toBe(409);
    expect((await eventsOf(id)).slice(1)).toEqual([
      "connection.metadata_held_back",
      "connection.metadata_checked",
      "connection.metadata_applied",
    ]);
  });
});

describe("certificates for the metadata itself", () => {
  const metadataCertificates = [federation.certificate];

  it("are checked when the connection is made, of XML and of what a URL serves", async () => {
    expect((await create({ metadataXml: signed, metadataCertificates })).status).toBe(201);
    server.serve(signed);
    expect(
      (await create({ metadataUrl: server.url, metadataCertificates })).as(connection).saml,
    ).toMatchObject({ metadataCertificates: [{ subject: "CN=idp.example.test", expired: false }] });
    for (const [metadataXml, reason] of [
      [idp.metadata(), "not signed"],
      [idp.metadata({ signer: idp.signer }), "does not verify"],
      [signed.replaceAll("/sso", "/evil"), "changed after it was signed"],
    ] as const) {
      const reply = await create({ metadataXml, metadataCertificates });
      expect(reply.outcome).toEqual([400, "metadata_invalid"]);
      expect(reply.body).toMatchObject({
        errors: [{ field: "saml.metadataXml", message: expect.stringContaining(reason) }],
      });
    }
  });

  it("stay until others are given, or none any more", async () => {
    const id = (await create({ metadataXml: signed, metadataCertificates })).as(connection).id;
    const unsigned = { metadataXml: idp.metadata() };
    expect((await patch(id, unsigned)).outcome).toEqual([400, "metadata_invalid"]);
    expect((await patch(id, { metadataXml: signed, forceAuthn: true })).status).toBe(200);
    expect((await patch(id, { ...unsigned, metadataCertificates: [idp.certificate] })).status).toBe(400);
    const bySelf = {
      metadataXml: idp.metadata({ signer: idp.signer }),
      metadataCertificates: [idp.certificate],
    };
    expect((await patch(id, bySelf)).status).toBe(200);
    const ended = (await patch(id, { ...unsigned, metadataCertificates: [] })).as(connection);
    expect(ended.saml).not.toHaveProperty("metadataCertificates");
  });

  it("are checked at each refresh", async () => {
    server.serve(signed);
    const id = await follow({ metadataCertificates });
    server.serve(idp.metadata({ certificates: [idp.certificate, next.certificate] }));
    const refreshed = (await refresh(id)).as(connection);
    expect(refreshed.saml?.metadata?.problem).toMatchObject({ code: "signature_missing" });
    expect(refreshed.saml?.certificates).toHaveLength(1);
  });

  it.each([
    ["without metadata", { metadataCertificates }, "input_invalid", "saml.metadataCertificates"],
    [
      "that are none",
      { metadataXml: signed, metadataCertificates: ["AAAA"] },
      "certificate_invalid",
      "saml.metadataCertificates.0",
    ],
  ])("are refused %s", async (_name, saml, code, field) => {
    const id = await follow();
    const reply = await patch(id, saml);
    expect(reply.outcome).toEqual([400, code]);
    expect(reply.body).toMatchObject({ errors: [expect.objectContaining({ field })] });
  });
});

it("shows of each certificate how many days are left, and when it last verified a login", async () => {
  const ending = (days: number) =>
    selfSignedCertificate({
      privateKey: idp.privateKey,
      commonName: `${days}`,
      notBefore: new Date(0),
      notAfter: new Date(Math.floor(api.clock.now.getTime() / 1000) * 1000 + days * DAY + 5_000),
    });
  server.serve(idp.metadata({ certificates: [ending(400), ending(60), ending(59), ending(-1)] }));
  const id = await follow();
  const { organizationId } = await api.deps.database.prisma.connection.findUniqueOrThrow({ where: { id } });
  const { saml } = (await call("getConnection", id)).as(connection);
  const [{ fingerprint = "" } = {}] = saml?.certificates ?? [];
  const lastValidatedAt = api.clock.now;
  await api.deps.database.prisma.certificateUse.create({
    data: { connectionId: id, organizationId, fingerprint, lastValidatedAt },
  });
  expect((await call("getConnection", id)).as(connection).saml?.certificates).toMatchObject([
    { expiresInDays: 400, expiring: false, expired: false, lastValidatedAt: lastValidatedAt.toISOString() },
    { expiresInDays: 60, expiring: false, expired: false, lastValidatedAt: null },
    { expiresInDays: 59, expiring: true, expired: false },
    { expiresInDays: -1, expiring: true, expired: true },
  ]);
});
