import { createHash, createPublicKey, verify } from "node:crypto";
import {
  anchorTrails,
  keepAnchorPlaces,
  noteAnchorPlace,
  runVerifications,
  sealTrails,
} from "@sallyport/audit-trail";
import { fillOutbox } from "@sallyport/events";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startApi, type TestApi } from "../../testing/api.ts";
import { createWorld, type World } from "../../testing/world.ts";
import { eventProof, trail, verification } from "./schema.ts";

let api: TestApi;
let acme: World;
beforeAll(async () => {
  api = await startApi();
  acme = await createWorld(api, "acme");
});
afterAll(() => api.close());

const params = { org: "acme" };
const state = async () => (await api.call("getAuditTrail", { params })).as(trail);
const seal = async () => {
  const { database, secrets, now } = api.deps;
  await fillOutbox(database);
  await sealTrails({ database, secrets, now, onFailure: (_id, error) => Promise.reject(error) });
};

/** Asks for a verification, and has it done. */
async function verified(operation: "verifyAuditTrail" | "verifyGatewayAuditTrail" = "verifyAuditTrail") {
  const asked = (await api.call(operation, operation === "verifyAuditTrail" ? { params } : {})).as(
    verification,
  );
  expect(asked).toMatchObject({ state: "waiting", report: null });
  const again = (await api.call(operation, operation === "verifyAuditTrail" ? { params } : {})).as(
    verification,
  );
  expect(again.id).toBe(asked.id);
  await runVerifications(api.deps);
  const reply =
    operation === "verifyAuditTrail"
      ? await api.call("getAuditTrailVerification", { params: { ...params, auditVerificationId: asked.id } })
      : await api.call("getGatewayAuditTrailVerification", { params: { gatewayVerificationId: asked.id } });
  return reply.as(verification);
}

it("tells how far the trail is sealed, and by which key", async () => {
  const before = await state();
  expect(before).toMatchObject({ unsealed: 0, keys: [{ retiredAt: null, publicJwk: { crv: "Ed25519" } }] });
  await api.call("createRole", { params, body: { key: "more", name: "More" } });
  await fillOutbox(api.deps.database);
  expect(await state()).toMatchObject({ unsealed: 1, hash: before.hash });
  await seal();
  expect(await state()).toMatchObject({ unsealed: 0, sealedThrough: before.sealedThrough + 1 });
});

it("verifies when it is asked to, and says what it found", async () => {
  expect(await verified()).toMatchObject({ state: "finished", report: { intact: true, problems: [] } });
  expect(await verified("verifyGatewayAuditTrail")).toMatchObject({ report: { intact: true } });
  expect(await state()).toMatchObject({ verification: { state: "finished", report: { intact: true } } });
});

it("tells the last result while another verification is under way", async () => {
  await verified();
  const { id } = (await api.call("verifyAuditTrail", { params })).as(verification);
  expect(await state()).toMatchObject({
    verification: { id, state: "waiting", report: null },
    lastVerification: { state: "finished", report: { intact: true } },
  });
  await runVerifications(api.deps);
  expect(await state()).toMatchObject({ verification: { id }, lastVerification: { id } });
});

it("tells where it is anchored, up to which seal, and that it fails; and organizations nothing of where that is", async () => {
  const { database, now } = api.deps;
  const { sql } = database;
  const gatewayTrail = async () => (await api.call("getGatewayAuditTrail")).as(trail);
  expect(await state()).toMatchObject({ anchors: [] });
  const [file, webhook] = ["file /var/lib/roots.jsonl", "webhook https://anchors.internal/in"];
  await keepAnchorPlaces(sql, [file, webhook, "s3 https://gone.internal/bucket"], now());
  await keepAnchorPlaces(sql, [file, webhook], now());
  const lines: string[] = [];
  await anchorTrails(database, { name: file, write: async (more) => void lines.push(more) });
  await noteAnchorPlace(sql, file, null, now());
  await noteAnchorPlace(sql, webhook, "anchors.internal answered 503", now());
  const failed = now();
  api.clock.now = new Date(failed.getTime() + 60_000);
  await noteAnchorPlace(sql, webhook, "anchors.internal answered 500", now());

  const { seals, anchors } = await state();
  expect(anchors).toEqual([
    {
      kind: "file",
      place: null,
      seal: seals,
      anchoredAt: expect.any(String),
      failingSince: null,
      lastError: null,
    },
    {
      kind: "webhook",
      place: null,
      seal: null,
      anchoredAt: null,
      failingSince: failed.toISOString(),
      lastError: null,
    },
  ]);
  expect(await gatewayTrail()).toMatchObject({
    anchors: [
      { place: "/var/lib/roots.jsonl" },
      { place: "https://anchors.internal/in", lastError: "anchors.internal answered 500" },
    ],
  });
  await noteAnchorPlace(sql, webhook, null, now());
  expect((await gatewayTrail()).anchors[1]).toMatchObject({ failingSince: null, lastError: null });
  await keepAnchorPlaces(sql, [], now());
});

it("names what somebody changed, and leaves an event of it", async () => {
  const { sql } = api.deps.database;
  const change = "UPDATE events SET resource_type = $2 WHERE id = $1 RETURNING resource_type";
  const { rows } = await sql.query<{ resource_type: string }>(
    "SELECT resource_type FROM events WHERE id = $1",
    [acme.auditEventId],
  );
  await sql.query(change, [acme.auditEventId, "forged"]);
  const found = await verified();
  expect(found).toMatchObject({
    report: {
      intact: false,
      problemCount: 1,
      problems: [{ code: "event_changed", eventId: acme.auditEventId, sequence: expect.any(Number) }],
    },
  });
  const events = await api.call("listAuditEvents", { params, query: { outcome: "failure" } });
  expect(events.body).toMatchObject({
    items: [
      {
        type: "audit_trail.tampering_found",
        actor: { type: "system" },
        data: { verificationId: found.id, problems: 1 },
      },
    ],
  });
  const proof = await api.call("proveAuditEvent", { params: { ...params, auditEventId: acme.auditEventId } });
  expect(proof.outcome).toEqual([409, "audit_event_changed"]);
  await sql.query(change, [acme.auditEventId, rows[0]?.resource_type]);
  expect(await verified()).toMatchObject({ report: { intact: true } });
});

it("proves an event to who has the public key, and knows nothing of our code", async () => {
  const reply = await api.call("proveAuditEvent", { params: { ...params, auditEventId: acme.auditEventId } });
  const { entry, index, leaves, path, seal: sealed } = reply.as(eventProof);
  const sha256 = (...parts: (Buffer | string)[]) =>
    createHash("sha256")
      .update(Buffer.concat(parts.map((part) => Buffer.from(part as string))))
      .digest();
  // All values are strings, numbers or null, so this is RFC 8785.
  const canonical = (value: object) =>
    JSON.stringify(
      Object.fromEntries(Object.entries(value).toSorted(([one], [two]) => (one < two ? -1 : 1))),
    );
  let [position, last] = [index, leaves - 1];
  let root = sha256(Buffer.of(0), canonical(entry));
  for (const step of path.map((hex) => Buffer.from(hex, "hex"))) {
    if (position % 2 === 1 || position === last) {
      root = sha256(Buffer.of(1), step, root);
      while (position % 2 === 0 && position !== 0) {
        [position, last] = [position >> 1, last >> 1];
      }
    } else {
      root = sha256(Buffer.of(1), root, step);
    }
    [position, last] = [position >> 1, last >> 1];
  }
  expect(root.toString("hex")).toBe(sealed.root);
  const { signature, hash, ...statement } = sealed;
  const signed = `sallyport audit seal v1\n${canonical(statement)}`;
  const jwk = (await state()).keys.find(({ id }) => id === sealed.keyId)?.publicJwk ?? {};
  const key = createPublicKey({ key: { ...jwk }, format: "jwk" });
  expect(verify(null, Buffer.from(signed), key, Buffer.from(signature, "base64url"))).toBe(true);
  expect(sha256(signed, "\n", Buffer.from(signature, "base64url")).toString("hex")).toBe(hash);
  expect(entry).toMatchObject({ id: acme.auditEventId, organizationId: acme.organizationId });
});

it("proves nothing of what is not sealed yet", async () => {
  await api.call("createRole", { params, body: { key: "newest", name: "Newest" } });
  const { id: auditEventId } = await api.deps.database.prisma.event.findFirstOrThrow({
    where: { type: "role.created", after: { path: ["key"], equals: "newest" } },
  });
  const prove = async () =>
    (await api.call("proveAuditEvent", { params: { ...params, auditEventId } })).outcome;
  expect(await prove()).toEqual([404, "audit_event_not_found"]);
  await fillOutbox(api.deps.database);
  expect(await prove()).toEqual([409, "audit_event_unsealed"]);
});

it("takes over from a process that died in the middle, and only then", async () => {
  const { sql } = api.deps.database;
  const { id } = (await api.call("verifyAuditTrail", { params })).as(verification);
  await sql.query("UPDATE audit_verifications SET started_at = now(), seen_at = now() WHERE id = $1", [id]);
  await runVerifications(api.deps);
  const now = async () =>
    (await api.call("getAuditTrailVerification", { params: { ...params, auditVerificationId: id } })).as(
      verification,
    ).state;
  expect(await now()).toBe("running");
  await sql.query("UPDATE audit_verifications SET seen_at = now() - interval '2 minutes' WHERE id = $1", [
    id,
  ]);
  await runVerifications(api.deps);
  expect(await now()).toBe("finished");
});

it("signs by a new key after a rotation", async () => {
  const { id } = (await api.call("rotateAuditKey")).body as { id: string };
  await seal();
  const { keys } = await state();
  expect(keys.map(({ retiredAt }) => retiredAt === null)).toEqual([true, false]);
  expect(keys[0]?.id).toBe(id);
  expect(await verified()).toMatchObject({ report: { intact: true } });
});
