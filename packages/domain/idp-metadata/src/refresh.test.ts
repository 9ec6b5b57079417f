import { selfSignedCertificate } from "@sallyport/saml";
import { createTestIdp } from "@sallyport/saml/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createFollowingStand, type FollowingStand, OPERATOR } from "./testing/following-stand.ts";

const idp = createTestIdp();
const next = createTestIdp();
const renamed = createTestIdp({ entityId: "https://renamed.example.test" });

let stand: FollowingStand;
beforeAll(async () => {
  stand = await createFollowingStand(idp);
});
afterAll(() => stand.close());

describe("metadata that says the same", () => {
  it("changes nothing, and is looked at again in about an hour", async () => {
    const connection = await stand.follow();
    const before = await stand.database.prisma.connection.findUniqueOrThrow({
      where: { id: connection.connectionId },
    });
    expect(await stand.refresh(connection)).toBe("unchanged");
    const { problem, held, checkedAt, refreshedAt, dueAt } = await stand.stateOf(connection);
    expect({ problem, held, checkedAt, refreshedAt }).toEqual({
      ...{ problem: null, held: null, checkedAt: stand.clock.now, refreshedAt: stand.clock.now },
    });
    expect(dueAt.getTime() - stand.clock.now.getTime()).toBeGreaterThan(50 * 60_000);
    expect(dueAt.getTime() - stand.clock.now.getTime()).toBeLessThanOrEqual(60 * 60_000);
    expect(
      await stand.database.prisma.connection.findUnique({ where: { id: connection.connectionId } }),
    ).toEqual(before);
    expect(await stand.typesOf(connection)).toEqual([]);
  });

  it("says so in another order, too", async () => {
    const certificates = [idp.certificate, next.certificate];
    const connection = await stand.follow({ metadata: idp.metadata({ certificates }) });
    stand.serve(idp.metadata({ certificates: certificates.toReversed() }));
    expect(await stand.refresh(connection)).toBe("unchanged");
  });

  it("has as much time as it says itself, between a quarter of an hour and a day", async () => {
    const connection = await stand.follow();
    const minutes = async (metadata: string) => {
      stand.serve(metadata);
      expect(await stand.refresh(connection)).toBe("unchanged");
      return ((await stand.stateOf(connection)).dueAt.getTime() - stand.clock.now.getTime()) / 60_000;
    };
    const inHours = (hours: number) => new Date(stand.clock.now.getTime() + hours * 3_600_000);
    for (const [metadata, most] of [
      [idp.metadata({ cacheDuration: "PT6H" }), 360],
      [idp.metadata({ cacheDuration: "PT1S" }), 15],
      [idp.metadata({ cacheDuration: "P1Y" }), 1_440],
      [idp.metadata({ validUntil: inHours(1) }), 45],
    ] as const) {
      const wait = await minutes(metadata);
      expect([wait >= most * 0.9, wait <= most]).toEqual([true, true]);
    }
    expect((await stand.stateOf(connection)).validUntil).toEqual(inHours(1));
  });
});

describe("metadata that cannot be had or used", () => {
  it("changes nothing, is told once, and is tried again sooner", async () => {
    const connection = await stand.follow();
    stand.serve((_req, res) => res.writeHead(503).end());
    expect(await stand.refresh(connection)).toBe("failed");
    const first = stand.clock.now;
    stand.clock.now = new Date(first.getTime() + 900_000);
    expect(await stand.refresh(connection)).toBe("failed");
    const { problem, dueAt } = await stand.stateOf(connection);
    expect(problem).toMatchObject({
      code: "metadata_unavailable",
      message: "The server answered 503.",
      since: first.toISOString(),
    });
    expect(dueAt.getTime() - stand.clock.now.getTime()).toBeLessThanOrEqual(900_000);
    stand.serve(idp.metadata());
    expect(await stand.refresh(connection)).toBe("unchanged");
    expect(await stand.typesOf(connection)).toEqual([
      "connection.metadata_failed",
      "connection.metadata_recovered",
    ]);
    expect((await stand.settingsOf(connection)).certificates).toEqual([idp.certificate]);
  });

  it("tells each reason by its own code", async () => {
    const connection = await stand.follow();
    for (const [metadata, code] of [
      ["<html>", "xml_malformed"],
      ["<html/>", "not_metadata"],
      [idp.metadata({ certificates: [] }), "metadata_no_certificate"],
      [idp.metadata({ validUntil: new Date(0) }), "metadata_expired"],
      [idp.metadata().replaceAll("https://idp.example.test/sso", "http://a.test/"), "metadata_sso_insecure"],
      [idp.metadata().replace(idp.entityId, `urn:${"x".repeat(1_100)}`), "metadata_entity_id_malformed"],
      [idp.metadata().replace(idp.entityId, "urn:a&#10;b"), "metadata_entity_id_malformed"],
    ] as const) {
      stand.serve(metadata);
      expect(await stand.refresh(connection)).toBe("failed");
      expect((await stand.stateOf(connection)).problem).toMatchObject({
        code,
        fix: expect.stringMatching(/./),
      });
    }
  });

  it("holds no more certificates than may be given by hand", async () => {
    const connection = await stand.follow();
    const many = (count: number) =>
      Array.from({ length: count }, (_, n) =>
        selfSignedCertificate({
          ...{ privateKey: idp.privateKey, commonName: `${n}` },
          ...{ notBefore: new Date(0), notAfter: new Date("2040-01-01T00:00:00Z") },
        }),
      );
    stand.serve(idp.metadata({ certificates: many(20) }));
    expect(await stand.refresh(connection)).toBe("applied");
    stand.serve(idp.metadata({ certificates: many(21) }));
    expect(await stand.refresh(connection)).toBe("failed");
    expect((await stand.stateOf(connection)).problem?.code).toBe("metadata_certificates_too_many");
  });
});

describe("signed metadata", () => {
  const signer = createTestIdp({ entityId: "https://federation.example.test" });
  const signed = (of = idp) => of.metadata({ signer: signer.signer });

  it("is followed with the signature of the certificate that was given for it, and not without", async () => {
    const metadataCertificates = [signer.certificate];
    const connection = await stand.follow({ metadata: signed(), settings: { metadataCertificates } });
    stand.serve(idp.metadata({ certificates: [idp.certificate, next.certificate], signer: signer.signer }));
    expect(await stand.refresh(connection)).toBe("applied");
    for (const [metadata, code] of [
      [idp.metadata(), "signature_missing"],
      [idp.metadata({ signer: idp.signer }), "signature_invalid"],
      [signed().replaceAll("/sso", "/evil"), "digest_mismatch"],
    ] as const) {
      stand.serve(metadata);
      expect(await stand.refresh(connection)).toBe("failed");
      expect((await stand.stateOf(connection)).problem?.code).toBe(code);
    }
  });
});

describe("at the same time", () => {
  /** Serves metadata once `meanwhile` has happened. */
  const serveAfter = (metadata: string, meanwhile: () => Promise<unknown>) =>
    stand.serve((_req, res) => void meanwhile().then(() => res.end(metadata)));

  it("what an operator changes is not overwritten, and is looked at again at once", async () => {
    const connection = await stand.follow();
    const { prisma } = stand.database;
    const where = { id: connection.connectionId };
    const both = idp.metadata({ certificates: [idp.certificate, next.certificate] });
    serveAfter(both, async () => {
      const settings = { ...(await stand.settingsOf(connection)), forceAuthn: true };
      await prisma.connection.update({ where, data: { settings } });
    });
    expect(await stand.refresh(connection)).toBe("changed_meanwhile");
    expect(await stand.settingsOf(connection)).toMatchObject({
      forceAuthn: true,
      certificates: [idp.certificate],
    });
    expect((await stand.stateOf(connection)).dueAt).toEqual(stand.clock.now);
    serveAfter(both, () => prisma.connection.update({ where, data: { name: "Renamed" } }));
    expect(await stand.refresh(connection)).toBe("applied"); // a name is no setting
  });

  it("an operator notices what a refresh has changed, by updated_at", async () => {
    const connection = await stand.follow();
    const where = { id: connection.connectionId };
    const { updatedAt } = await stand.database.prisma.connection.findUniqueOrThrow({ where });
    stand.clock.now = updatedAt;
    stand.serve(idp.metadata({ certificates: [idp.certificate, next.certificate] }));
    expect(await stand.refresh(connection)).toBe("applied");
    const after = await stand.database.prisma.connection.findUniqueOrThrow({ where });
    expect(after.updatedAt.getTime()).toBeGreaterThan(updatedAt.getTime());
  });

  it("many refreshes apply a change once", async () => {
    const connection = await stand.follow();
    stand.serve(idp.metadata({ certificates: [idp.certificate, next.certificate] }));
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => stand.refresh(connection)));
    expect(outcomes.filter((outcome) => outcome === "applied")).toHaveLength(1);
    expect(await stand.typesOf(connection)).toEqual(["connection.metadata_applied"]);
  });

  it("a connection that is gone, or follows nothing any more, stays as it is", async () => {
    const { prisma } = stand.database;
    const [deleted, unlinked] = [await stand.follow(), await stand.follow()];
    serveAfter(renamed.metadata(), () => prisma.connection.delete({ where: { id: deleted.connectionId } }));
    expect(await stand.refresh(deleted)).toBe("not_followed");
    expect(await stand.refresh(deleted)).toBe("not_followed");
    serveAfter(renamed.metadata(), () =>
      prisma.connectionMetadata.delete({ where: { connectionId: unlinked.connectionId } }),
    );
    expect(await stand.refresh(unlinked)).toBe("not_followed");
    expect((await stand.settingsOf(unlinked)).idpEntityId).toBe(idp.entityId);
  });
});

it("notes that somebody had it refreshed, whatever came of it", async () => {
  const connection = await stand.follow();
  expect(await stand.refresh(connection, OPERATOR)).toBe("unchanged");
  expect(await stand.eventsOf(connection)).toMatchObject([
    { type: "connection.metadata_checked", actorType: "operator", data: { outcome: "unchanged" } },
  ]);
});

it("reaches no connection of another organization", async () => {
  const [one, other] = [await stand.follow(), await stand.follow()];
  const foreign = { ...one, organizationId: other.organizationId };
  stand.serve(renamed.metadata());
  expect(await stand.refresh(foreign)).toBe("not_followed");
});
