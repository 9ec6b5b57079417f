import { selfSignedCertificate } from "@sallyport/saml";
import { createTestIdp } from "@sallyport/saml/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createFollowingStand, type FollowingStand, fingerprintOf } from "./testing/following-stand.ts";

const idp = createTestIdp();
const next = createTestIdp();
const renamed = createTestIdp({ entityId: "https://renamed.example.test" });

let stand: FollowingStand;
beforeAll(async () => {
  stand = await createFollowingStand(idp);
});
afterAll(() => stand.close());

describe("a change that is safe", () => {
  it("is applied: a new certificate beside the one in use", async () => {
    const connection = await stand.follow({ settings: { forceAuthn: true, allowSha1: true } });
    await stand.prove(connection, idp.certificate, 1);
    stand.serve(idp.metadata({ certificates: [idp.certificate, next.certificate] }));
    expect(await stand.refresh(connection)).toBe("applied");
    expect(await stand.settingsOf(connection)).toMatchObject({
      certificates: [idp.certificate, next.certificate],
      forceAuthn: true,
      allowSha1: true,
      metadataUrl: stand.url,
    });
    const [event, ...more] = await stand.eventsOf(connection);
    expect(more).toEqual([]);
    expect(event).toMatchObject({
      type: "connection.metadata_applied",
      actorType: "system",
      resourceId: connection.connectionId,
      data: {
        certificatesAdded: [{ fingerprint: fingerprintOf(next.certificate), subject: "CN=idp.example.test" }],
        certificatesRemoved: [],
        settings: [],
      },
    });
    expect(await stand.refresh(connection)).toBe("unchanged");
  });

  it("is applied: the old certificate is gone, once the new one has verified a login", async () => {
    const certificates = [idp.certificate, next.certificate];
    const connection = await stand.follow({ metadata: idp.metadata({ certificates }) });
    await stand.prove(connection, idp.certificate, 1);
    stand.serve(idp.metadata({ certificates: [next.certificate] }));
    expect(await stand.refresh(connection)).toBe("held");
    await stand.prove(connection, next.certificate, 0);
    expect(await stand.refresh(connection)).toBe("applied");
    expect((await stand.settingsOf(connection)).certificates).toEqual([next.certificate]);
    expect(await stand.stateOf(connection)).toMatchObject({ problem: null, held: null });
  });

  it("is applied: the same key in a renewed certificate", async () => {
    const connection = await stand.follow();
    await stand.prove(connection, idp.certificate, 1);
    const renewed = selfSignedCertificate({
      privateKey: idp.privateKey,
      commonName: "renewed",
      notBefore: new Date(0),
      notAfter: new Date("2049-01-01T00:00:00Z"),
    });
    stand.serve(idp.metadata({ certificates: [renewed] }));
    expect(await stand.refresh(connection)).toBe("applied");
  });

  it("is applied: endpoints that moved, named in the event", async () => {
    const connection = await stand.follow();
    const moved = createTestIdp({
      ...{ ssoUrl: "https://new.example.test/sso", sloUrl: "https://new.example.test/slo" },
      certificate: idp.certificate,
    });
    stand.serve(moved.metadata());
    expect(await stand.refresh(connection)).toBe("applied");
    expect((await stand.eventsOf(connection))[0]?.data).toMatchObject({
      settings: [
        { name: "ssoUrl", from: "https://idp.example.test/sso", to: "https://new.example.test/sso" },
        { name: "sloUrl", from: null, to: "https://new.example.test/slo" },
        { name: "sloBinding", from: null, to: "redirect" },
      ],
    });
    stand.serve(idp.metadata());
    expect(await stand.refresh(connection)).toBe("applied");
    expect(await stand.settingsOf(connection)).not.toHaveProperty("sloUrl");
  });

  it("takes signed requests from it, unless an operator has decided on them", async () => {
    const asks = idp.metadata({ wantAuthnRequestsSigned: true });
    const [plain, byHand] = [
      await stand.follow(),
      await stand.follow({ settings: { signRequests: false, signRequestsByHand: true } }),
    ];
    stand.serve(asks);
    expect([await stand.refresh(plain), await stand.refresh(byHand)]).toEqual(["applied", "unchanged"]);
    expect([
      (await stand.settingsOf(plain)).signRequests,
      (await stand.settingsOf(byHand)).signRequests,
    ]).toEqual([true, false]);
  });
});

describe("another entity ID", () => {
  it("is held back and told once, whatever else it brings", async () => {
    const connection = await stand.follow();
    stand.serve(renamed.metadata());
    expect(await stand.refresh(connection)).toBe("held");
    const first = stand.clock.now;
    stand.clock.now = new Date(first.getTime() + 3_600_000);
    expect(await stand.refresh(connection)).toBe("held");
    expect((await stand.settingsOf(connection)).idpEntityId).toBe(idp.entityId);
    const { problem, checkedAt, refreshedAt } = await stand.stateOf(connection);
    expect({ ...problem, checkedAt, refreshedAt }).toMatchObject({
      code: "metadata_entity_changed",
      since: first.toISOString(),
      checkedAt: stand.clock.now,
      refreshedAt: null,
    });
    const [event, ...more] = await stand.eventsOf(connection);
    expect(more).toEqual([]);
    expect(event).toMatchObject({
      type: "connection.metadata_held_back",
      outcome: "denied",
      data: {
        code: "metadata_entity_changed",
        settings: [{ name: "idpEntityId", from: idp.entityId, to: renamed.entityId }],
        certificatesAdded: [{ fingerprint: fingerprintOf(renamed.certificate) }],
        certificatesRemoved: [{ fingerprint: fingerprintOf(idp.certificate) }],
      },
    });
  });

  it("is told anew when it is yet another one, and ends when the old one is back", async () => {
    const connection = await stand.follow();
    stand.serve(renamed.metadata());
    await stand.refresh(connection);
    stand.serve(createTestIdp({ entityId: "https://third.example.test" }).metadata());
    await stand.refresh(connection);
    stand.serve(idp.metadata());
    expect(await stand.refresh(connection)).toBe("unchanged");
    expect(await stand.typesOf(connection)).toEqual([
      "connection.metadata_held_back",
      "connection.metadata_held_back",
      "connection.metadata_recovered",
    ]);
    expect(await stand.stateOf(connection)).toMatchObject({ problem: null, held: null });
  });

  it("is no question where many are described: the one that was followed is gone", async () => {
    const federation = (...all: string[]) =>
      `<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata">${all.join("")}</md:EntitiesDescriptor>`;
    const third = createTestIdp({ entityId: "https://third.example.test" });
    const connection = await stand.follow();
    stand.serve(federation(renamed.metadata(), idp.metadata(), third.metadata()));
    expect(await stand.refresh(connection)).toBe("unchanged");
    stand.serve(federation(renamed.metadata(), third.metadata()));
    expect(await stand.refresh(connection)).toBe("failed");
    expect((await stand.stateOf(connection)).problem).toMatchObject({ code: "metadata_entity_unknown" });
  });
});

describe("the loss of every certificate in use", () => {
  it.each([
    ["is held back when one verified a login today", 0, "held"],
    ["is held back when one verified a login 30 days ago", 30, "held"],
    ["is applied when none has verified a login for longer", 32, "applied"],
    ["is applied when none ever has", null, "applied"],
  ] as const)("%s", async (_name, days, outcome) => {
    const connection = await stand.follow();
    if (days !== null) {
      await stand.prove(connection, idp.certificate, days);
    }
    stand.serve(next.metadata());
    expect(await stand.refresh(connection)).toBe(outcome);
  });

  it("counts for its own connection only", async () => {
    const [connection, neighbour] = [await stand.follow(), await stand.follow()];
    await stand.prove(neighbour, idp.certificate, 0);
    stand.serve(next.metadata());
    expect([await stand.refresh(connection), await stand.refresh(neighbour)]).toEqual(["applied", "held"]);
    expect((await stand.stateOf(neighbour)).problem?.code).toBe("metadata_certificates_lost");
  });
});

describe("what is held back", () => {
  it("is applied by an operator, exactly as they saw it", async () => {
    const connection = await stand.follow({ settings: { forceAuthn: true } });
    stand.serve(renamed.metadata());
    await stand.refresh(connection);
    const seen = (await stand.stateOf(connection)).held?.digest ?? "";
    stand.serve(createTestIdp({ entityId: "https://evil.example.test" }).metadata());
    await stand.refresh(connection);
    expect(await stand.apply(connection, seen)).toBe(false);
    stand.serve(renamed.metadata());
    await stand.refresh(connection);
    expect(await stand.apply(connection, seen)).toBe(true);
    expect(await stand.settingsOf(connection)).toMatchObject({
      idpEntityId: renamed.entityId,
      certificates: [renamed.certificate],
      forceAuthn: true,
    });
    const event = (await stand.eventsOf(connection)).at(-1);
    expect(event).toMatchObject({
      type: "connection.metadata_applied",
      actorType: "operator",
      requestId: "request",
      data: {
        heldBackFor: "metadata_entity_changed",
        settings: [{ name: "idpEntityId", from: idp.entityId, to: renamed.entityId }],
      },
    });
    expect(await stand.refresh(connection)).toBe("unchanged");
  });

  it("is nothing where nothing is held back, or all is well again", async () => {
    const connection = await stand.follow();
    expect(await stand.apply(connection, "x")).toBe(false);
    stand.serve(renamed.metadata());
    await stand.refresh(connection);
    const digest = (await stand.stateOf(connection)).held?.digest ?? "";
    stand.serve(idp.metadata());
    await stand.refresh(connection);
    expect(await stand.apply(connection, digest)).toBe(false);
  });
});
