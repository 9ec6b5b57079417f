import { selfSignedCertificate } from "@sallyport/saml";
import { createTestIdp } from "@sallyport/saml/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createFollowingFixture, type FollowingFixture, fingerprintOf } from "./testing/following-fixture.ts";

const idp = createTestIdp();
const next = createTestIdp();
const renamed = createTestIdp({ entityId: "https://renamed.example.test" });

let fixture: FollowingFixture;
beforeAll(async () => {
  fixture = await createFollowingFixture(idp);
});
afterAll(() => fixture.close());

describe("a change that is safe", () => {
  it("is applied: a new certificate beside the one in use", async () => {
    const connection = await fixture.follow({ settings: { forceAuthn: true, allowSha1: true } });
    await fixture.prove(connection, idp.certificate, 1);
    fixture.serve(idp.metadata({ certificates: [idp.certificate, next.certificate] }));
    expect(await fixture.refresh(connection)).toBe("applied");
    expect(await fixture.settingsOf(connection)).toMatchObject({
      certificates: [idp.certificate, next.certificate],
      forceAuthn: true,
      allowSha1: true,
      metadataUrl: fixture.url,
    });
    const [event, ...more] = await fixture.eventsOf(connection);
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
    expect(await fixture.refresh(connection)).toBe("unchanged");
  });

  it("is applied: the old certificate is gone, once the new one has verified a login", async () => {
    const certificates = [idp.certificate, next.certificate];
    const connection = await fixture.follow({ metadata: idp.metadata({ certificates }) });
    await fixture.prove(connection, idp.certificate, 1);
    fixture.serve(idp.metadata({ certificates: [next.certificate] }));
    expect(await fixture.refresh(connection)).toBe("held");
    await fixture.prove(connection, next.certificate, 0);
    expect(await fixture.refresh(connection)).toBe("applied");
    expect((await fixture.settingsOf(connection)).certificates).toEqual([next.certificate]);
    expect(await fixture.stateOf(connection)).toMatchObject({ problem: null, held: null });
  });

  it("is applied: the same key in a renewed certificate", async () => {
    const connection = await fixture.follow();
    await fixture.prove(connection, idp.certificate, 1);
    const renewed = selfSignedCertificate({
      privateKey: idp.privateKey,
      commonName: "renewed",
      notBefore: new Date(0),
      notAfter: new Date("2049-01-01T00:00:00Z"),
    });
    fixture.serve(idp.metadata({ certificates: [renewed] }));
    expect(await fixture.refresh(connection)).toBe("applied");
  });

  it("is applied: endpoints that moved, named in the event", async () => {
    const connection = await fixture.follow();
    const moved = createTestIdp({
      ...{ ssoUrl: "https://new.example.test/sso", sloUrl: "https://new.example.test/slo" },
      certificate: idp.certificate,
    });
    fixture.serve(moved.metadata());
    expect(await fixture.refresh(connection)).toBe("applied");
    expect((await fixture.eventsOf(connection))[0]?.data).toMatchObject({
      settings: [
        { name: "ssoUrl", from: "https://idp.example.test/sso", to: "https://new.example.test/sso" },
        { name: "sloUrl", from: null, to: "https://new.example.test/slo" },
        { name: "sloBinding", from: null, to: "redirect" },
      ],
    });
    fixture.serve(idp.metadata());
    expect(await fixture.refresh(connection)).toBe("applied");
    expect(await fixture.settingsOf(connection)).not.toHaveProperty("sloUrl");
  });

  it("takes signed requests from it, unless an operator has decided on them", async () => {
    const asks = idp.metadata({ wantAuthnRequestsSigned: true });
    const [plain, byHand] = [
      await fixture.follow(),
      await fixture.follow({ settings: { signRequests: false, signRequestsByHand: true } }),
    ];
    fixture.serve(asks);
    expect([await fixture.refresh(plain), await fixture.refresh(byHand)]).toEqual(["applied", "unchanged"]);
    expect([
      (await fixture.settingsOf(plain)).signRequests,
      (await fixture.settingsOf(byHand)).signRequests,
    ]).toEqual([true, false]);
  });
});

describe("another entity ID", () => {
  it("is held back and told once, whatever else it brings", async () => {
    const connection = await fixture.follow();
    fixture.serve(renamed.metadata());
    expect(await fixture.refresh(connection)).toBe("held");
    const first = fixture.clock.now;
    fixture.clock.now = new Date(first.getTime() + 3_600_000);
    expect(await fixture.refresh(connection)).toBe("held");
    expect((await fixture.settingsOf(connection)).idpEntityId).toBe(idp.entityId);
    const { problem, checkedAt, refreshedAt } = await fixture.stateOf(connection);
    expect({ ...problem, checkedAt, refreshedAt }).toMatchObject({
      code: "metadata_entity_changed",
      since: first.toISOString(),
      checkedAt: fixture.clock.now,
      refreshedAt: null,
    });
    const [event, ...more] = await fixture.eventsOf(connection);
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
    const connection = await fixture.follow();
    fixture.serve(renamed.metadata());
    await fixture.refresh(connection);
    fixture.serve(createTestIdp({ entityId: "https://third.example.test" }).metadata());
    await fixture.refresh(connection);
    fixture.serve(idp.metadata());
    expect(await fixture.refresh(connection)).toBe("unchanged");
    expect(await fixture.typesOf(connection)).toEqual([
      "connection.metadata_held_back",
      "connection.metadata_held_back",
      "connection.metadata_recovered",
    ]);
    expect(await fixture.stateOf(connection)).toMatchObject({ problem: null, held: null });
  });

  it("is no question where many are described: the one that was followed is gone", async () => {
    const federation = (...all: string[]) =>
      `<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata">${all.join("")}</md:EntitiesDescriptor>`;
    const third = createTestIdp({ entityId: "https://third.example.test" });
    const connection = await fixture.follow();
    fixture.serve(federation(renamed.metadata(), idp.metadata(), third.metadata()));
    expect(await fixture.refresh(connection)).toBe("unchanged");
    fixture.serve(federation(renamed.metadata(), third.metadata()));
    expect(await fixture.refresh(connection)).toBe("failed");
    expect((await fixture.stateOf(connection)).problem).toMatchObject({ code: "metadata_entity_unknown" });
  });
});

describe("the loss of every certificate in use", () => {
  it.each([
    ["is held back when one verified a login today", 0, "held"],
    ["is held back when one verified a login 30 days ago", 30, "held"],
    ["is applied when none has verified a login for longer", 32, "applied"],
    ["is applied when none ever has", null, "applied"],
  ] as const)("%s", async (_name, days, outcome) => {
    const connection = await fixture.follow();
    if (days !== null) {
      await fixture.prove(connection, idp.certificate, days);
    }
    fixture.serve(next.metadata());
    expect(await fixture.refresh(connection)).toBe(outcome);
  });

  it("counts for its own connection only", async () => {
    const [connection, neighbour] = [await fixture.follow(), await fixture.follow()];
    await fixture.prove(neighbour, idp.certificate, 0);
    fixture.serve(next.metadata());
    expect([await fixture.refresh(connection), await fixture.refresh(neighbour)]).toEqual([
      "applied",
      "held",
    ]);
    expect((await fixture.stateOf(neighbour)).problem?.code).toBe("metadata_certificates_lost");
  });
});

describe("what is held back", () => {
  it("is applied by an operator, exactly as they saw it", async () => {
    const connection = await fixture.follow({ settings: { forceAuthn: true } });
    fixture.serve(renamed.metadata());
    await fixture.refresh(connection);
    const seen = (await fixture.stateOf(connection)).held?.digest ?? "";
    fixture.serve(createTestIdp({ entityId: "https://evil.example.test" }).metadata());
    await fixture.refresh(connection);
    expect(await fixture.apply(connection, seen)).toBe(false);
    fixture.serve(renamed.metadata());
    await fixture.refresh(connection);
    expect(await fixture.apply(connection, seen)).toBe(true);
    expect(await fixture.settingsOf(connection)).toMatchObject({
      idpEntityId: renamed.entityId,
      certificates: [renamed.certificate],
      forceAuthn: true,
    });
    const event = (await fixture.eventsOf(connection)).at(-1);
    expect(event).toMatchObject({
      type: "connection.metadata_applied",
      actorType: "operator",
      requestId: "request",
      data: {
        heldBackFor: "metadata_entity_changed",
        settings: [{ name: "idpEntityId", from: idp.entityId, to: renamed.entityId }],
      },
    });
    expect(await fixture.refresh(connection)).toBe("unchanged");
  });

  it("is nothing where nothing is held back, or all is well again", async () => {
    const connection = await fixture.follow();
    expect(await fixture.apply(connection, "x")).toBe(false);
    fixture.serve(renamed.metadata());
    await fixture.refresh(connection);
    const digest = (await fixture.stateOf(connection)).held?.digest ?? "";
    fixture.serve(idp.metadata());
    await fixture.refresh(connection);
    expect(await fixture.apply(connection, digest)).toBe(false);
  });
});
