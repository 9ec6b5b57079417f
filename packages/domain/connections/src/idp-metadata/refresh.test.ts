import { selfSignedCertificate } from "@sallyport/saml";
import { createTestIdp } from "@sallyport/saml/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createFollowingFixture, type FollowingFixture, OPERATOR } from "./testing/following-fixture.ts";

const idp = createTestIdp();
const next = createTestIdp();
const renamed = createTestIdp({ entityId: "https://renamed.example.test" });

let fixture: FollowingFixture;
beforeAll(async () => {
  fixture = await createFollowingFixture(idp);
});
afterAll(() => fixture.close());

describe("metadata that says the same", () => {
  it("changes nothing, and is looked at again in about an hour", async () => {
    const connection = await fixture.follow();
    const before = await fixture.database.prisma.connection.findUniqueOrThrow({
      where: { id: connection.connectionId },
    });
    expect(await fixture.refresh(connection)).toBe("unchanged");
    const { problem, held, checkedAt, refreshedAt, dueAt } = await fixture.stateOf(connection);
    expect({ problem, held, checkedAt, refreshedAt }).toEqual({
      ...{ problem: null, held: null, checkedAt: fixture.clock.now, refreshedAt: fixture.clock.now },
    });
    expect(dueAt.getTime() - fixture.clock.now.getTime()).toBeGreaterThan(50 * 60_000);
    expect(dueAt.getTime() - fixture.clock.now.getTime()).toBeLessThanOrEqual(60 * 60_000);
    expect(
      await fixture.database.prisma.connection.findUnique({ where: { id: connection.connectionId } }),
    ).toEqual(before);
    expect(await fixture.typesOf(connection)).toEqual([]);
  });

  it("says so in another order, too", async () => {
    const certificates = [idp.certificate, next.certificate];
    const connection = await fixture.follow({ metadata: idp.metadata({ certificates }) });
    fixture.serve(idp.metadata({ certificates: certificates.toReversed() }));
    expect(await fixture.refresh(connection)).toBe("unchanged");
  });

  it("has as much time as it says itself, between a quarter of an hour and a day", async () => {
    const connection = await fixture.follow();
    const minutes = async (metadata: string) => {
      fixture.serve(metadata);
      expect(await fixture.refresh(connection)).toBe("unchanged");
      return ((await fixture.stateOf(connection)).dueAt.getTime() - fixture.clock.now.getTime()) / 60_000;
    };
    const inHours = (hours: number) => new Date(fixture.clock.now.getTime() + hours * 3_600_000);
    for (const [metadata, most] of [
      [idp.metadata({ cacheDuration: "PT6H" }), 360],
      [idp.metadata({ cacheDuration: "PT1S" }), 15],
      [idp.metadata({ cacheDuration: "P1Y" }), 1_440],
      [idp.metadata({ validUntil: inHours(1) }), 45],
    ] as const) {
      const wait = await minutes(metadata);
      expect([wait >= most * 0.9, wait <= most]).toEqual([true, true]);
    }
    expect((await fixture.stateOf(connection)).validUntil).toEqual(inHours(1));
  });
});

describe("metadata that cannot be had or used", () => {
  it("changes nothing, is told once, and is tried again sooner", async () => {
    const connection = await fixture.follow();
    fixture.serve((_req, res) => res.writeHead(503).end());
    expect(await fixture.refresh(connection)).toBe("failed");
    const first = fixture.clock.now;
    fixture.clock.now = new Date(first.getTime() + 900_000);
    expect(await fixture.refresh(connection)).toBe("failed");
    const { problem, dueAt } = await fixture.stateOf(connection);
    expect(problem).toMatchObject({
      code: "metadata_unavailable",
      message: "The server answered 503.",
      since: first.toISOString(),
    });
    expect(dueAt.getTime() - fixture.clock.now.getTime()).toBeLessThanOrEqual(900_000);
    fixture.serve(idp.metadata());
    expect(await fixture.refresh(connection)).toBe("unchanged");
    expect(await fixture.typesOf(connection)).toEqual([
      "connection.metadata_failed",
      "connection.metadata_recovered",
    ]);
    expect((await fixture.settingsOf(connection)).certificates).toEqual([idp.certificate]);
  });

  it("tells each reason by its own code", async () => {
    const connection = await fixture.follow();
    for (const [metadata, code] of [
      ["<metadata>", "xml_malformed"],
      ["<html/>", "not_metadata"],
      [idp.metadata({ certificates: [] }), "metadata_no_certificate"],
      [idp.metadata({ validUntil: new Date(0) }), "metadata_expired"],
      [idp.metadata().replaceAll("https://idp.example.test/sso", "http://a.test/"), "metadata_sso_insecure"],
      [idp.metadata().replace(idp.entityId, `urn:${"x".repeat(1_100)}`), "metadata_entity_id_malformed"],
      [idp.metadata().replace(idp.entityId, "urn:a&#10;b"), "metadata_entity_id_malformed"],
    ] as const) {
      fixture.serve(metadata);
      expect(await fixture.refresh(connection)).toBe("failed");
      expect((await fixture.stateOf(connection)).problem).toMatchObject({
        code,
        fix: expect.stringMatching(/./),
      });
    }
  });

  it("holds no more certificates than may be given by hand", async () => {
    const connection = await fixture.follow();
    const many = (count: number) =>
      Array.from({ length: count }, (_, n) =>
        selfSignedCertificate({
          ...{ privateKey: idp.privateKey, commonName: `${n}` },
          ...{ notBefore: new Date(0), notAfter: new Date("2040-01-01T00:00:00Z") },
        }),
      );
    fixture.serve(idp.metadata({ certificates: many(20) }));
    expect(await fixture.refresh(connection)).toBe("applied");
    fixture.serve(idp.metadata({ certificates: many(21) }));
    expect(await fixture.refresh(connection)).toBe("failed");
    expect((await fixture.stateOf(connection)).problem?.code).toBe("metadata_certificates_too_many");
  });
});

describe("signed metadata", () => {
  const signer = createTestIdp({ entityId: "https://federation.example.test" });
  const signed = (of = idp) => of.metadata({ signer: signer.signer });

  it("is followed with the signature of the certificate that was given for it, and not without", async () => {
    const metadataCertificates = [signer.certificate];
    const connection = await fixture.follow({ metadata: signed(), settings: { metadataCertificates } });
    fixture.serve(idp.metadata({ certificates: [idp.certificate, next.certificate], signer: signer.signer }));
    expect(await fixture.refresh(connection)).toBe("applied");
    for (const [metadata, code] of [
      [idp.metadata(), "signature_missing"],
      [idp.metadata({ signer: idp.signer }), "signature_invalid"],
      [signed().replaceAll("/sso", "/evil"), "digest_mismatch"],
    ] as const) {
      fixture.serve(metadata);
      expect(await fixture.refresh(connection)).toBe("failed");
      expect((await fixture.stateOf(connection)).problem?.code).toBe(code);
    }
  });
});

describe("at the same time", () => {
  /** Serves metadata once `meanwhile` has happened. */
  const serveAfter = (metadata: string, meanwhile: () => Promise<unknown>) =>
    fixture.serve((_req, res) => void meanwhile().then(() => res.end(metadata)));

  it("what an operator changes is not overwritten, and is looked at again at once", async () => {
    const connection = await fixture.follow();
    const { prisma } = fixture.database;
    const where = { id: connection.connectionId };
    const both = idp.metadata({ certificates: [idp.certificate, next.certificate] });
    serveAfter(both, async () => {
      const settings = { ...(await fixture.settingsOf(connection)), forceAuthn: true };
      await prisma.connection.update({ where, data: { settings } });
    });
    expect(await fixture.refresh(connection)).toBe("changed_meanwhile");
    expect(await fixture.settingsOf(connection)).toMatchObject({
      forceAuthn: true,
      certificates: [idp.certificate],
    });
    expect((await fixture.stateOf(connection)).dueAt).toEqual(fixture.clock.now);
    serveAfter(both, () => prisma.connection.update({ where, data: { name: "Renamed" } }));
    expect(await fixture.refresh(connection)).toBe("applied"); // a name is no setting
  });

  it("an operator notices what a refresh has changed, by updated_at", async () => {
    const connection = await fixture.follow();
    const where = { id: connection.connectionId };
    const { updatedAt } = await fixture.database.prisma.connection.findUniqueOrThrow({ where });
    fixture.clock.now = updatedAt;
    fixture.serve(idp.metadata({ certificates: [idp.certificate, next.certificate] }));
    expect(await fixture.refresh(connection)).toBe("applied");
    const after = await fixture.database.prisma.connection.findUniqueOrThrow({ where });
    expect(after.updatedAt.getTime()).toBeGreaterThan(updatedAt.getTime());
  });

  it("many refreshes apply a change once", async () => {
    const connection = await fixture.follow();
    fixture.serve(idp.metadata({ certificates: [idp.certificate, next.certificate] }));
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => fixture.refresh(connection)));
    expect(outcomes.filter((outcome) => outcome === "applied")).toHaveLength(1);
    expect(await fixture.typesOf(connection)).toEqual(["connection.metadata_applied"]);
  });

  it("a connection that is gone, or follows nothing any more, stays as it is", async () => {
    const { prisma } = fixture.database;
    const [deleted, unlinked] = [await fixture.follow(), await fixture.follow()];
    serveAfter(renamed.metadata(), () => prisma.connection.delete({ where: { id: deleted.connectionId } }));
    expect(await fixture.refresh(deleted)).toBe("not_followed");
    expect(await fixture.refresh(deleted)).toBe("not_followed");
    serveAfter(renamed.metadata(), () =>
      prisma.connectionMetadata.delete({ where: { connectionId: unlinked.connectionId } }),
    );
    expect(await fixture.refresh(unlinked)).toBe("not_followed");
    expect((await fixture.settingsOf(unlinked)).idpEntityId).toBe(idp.entityId);
  });
});

it("notes that somebody had it refreshed, whatever came of it", async () => {
  const connection = await fixture.follow();
  expect(await fixture.refresh(connection, OPERATOR)).toBe("unchanged");
  expect(await fixture.eventsOf(connection)).toMatchObject([
    { type: "connection.metadata_checked", actorType: "operator", data: { outcome: "unchanged" } },
  ]);
});

it("reaches no connection of another organization", async () => {
  const [one, other] = [await fixture.follow(), await fixture.follow()];
  const foreign = { ...one, organizationId: other.organizationId };
  fixture.serve(renamed.metadata());
  expect(await fixture.refresh(foreign)).toBe("not_followed");
});
