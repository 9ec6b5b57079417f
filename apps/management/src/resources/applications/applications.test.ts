import { type LogoutDelivery, recordLogoutDeliveries } from "@sallyport/application-checks";
import { newId } from "@sallyport/database";
import { digestToken } from "@sallyport/secrets";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startApi, type TestApi } from "../../testing/api.ts";
import { applicationCheck } from "./check.ts";
import { createdApplication, rotatedSecret } from "./schema.ts";

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const APP = { name: "Portal", redirectUris: ["https://portal.example.com/callback"] };
const create = (body: unknown) => api.call("createApplication", { body });

async function storedDigest(id: string): Promise<Buffer | null> {
  const { clientSecretDigest } = await api.deps.database.prisma.application.findUniqueOrThrow({
    where: { id },
  });
  return clientSecretDigest === null ? null : Buffer.from(clientSecretDigest);
}

describe("createApplication", () => {
  it("gives a client id, and a secret that is shown this once", async () => {
    const reply = await create({
      ...APP,
      postLogoutRedirectUris: ["http://localhost:8081/"],
      backchannelLogoutUri: "https://portal.example.com/logout",
    });
    const { clientSecret, ...made } = reply.as(createdApplication);
    expect(made).toMatchObject({ clientId: made.id, public: false, redirectUris: APP.redirectUris });
    expect(await storedDigest(made.id)).toEqual(digestToken(clientSecret ?? ""));
    const shown = await api.call("getApplication", { params: { applicationId: made.id } });
    expect(shown.body).toEqual(made);
    expect(JSON.stringify((await api.call("listApplications")).body)).not.toMatch(/secret|digest/i);
  });

  it("gives a public application no secret", async () => {
    const made = (await create({ ...APP, public: true })).as(createdApplication);
    expect(made.public).toBe(true);
    expect(made).not.toHaveProperty("clientSecret");
    expect(await storedDigest(made.id)).toBeNull();
  });

  it.each([
    "http://localhost/cb",
    "http://localhost:3000/cb?x=1",
    "http://127.0.0.1:1/cb",
    "http://[::1]:8/cb",
  ])("takes plain http on this machine: %s", async (uri) => {
    expect((await create({ ...APP, redirectUris: [uri] })).status).toBe(201);
  });

  it.each([
    "http://portal.example.com/cb",
    "http://localhost.example.com/cb",
    "http://127.0.0.1.example.com/cb",
    "https://portal.example.com/cb#fragment",
    "https://portal.example.com/cb#",
    "https://*.example.com/cb",
    "https://portal.example.com/*",
    "https://user:pass@portal.example.com/cb",
    "https://portal.example.com\\@evil.example/cb",
    "https://portal.example.com/a b",
    "https://portal.example.com/cb\n",
    "com.example.app:/cb",
    "javascript:alert(1)",
    "//portal.example.com/cb",
    "/cb",
    "",
  ])("refuses %j wherever a browser or a call is sent", async (uri) => {
    const inputs = [
      ["redirectUris.0", { ...APP, redirectUris: [uri] }],
      ["postLogoutRedirectUris.0", { ...APP, postLogoutRedirectUris: [uri] }],
      ["backchannelLogoutUri", { ...APP, backchannelLogoutUri: uri }],
      ["initiateLoginUri", { ...APP, initiateLoginUri: uri }],
      ["targetUris.0", { ...APP, targetUris: [uri] }],
    ] as const;
    for (const [field, body] of inputs) {
      const reply = await create(body);
      expect(reply.outcome).toEqual([400, "input_invalid"]);
      expect(reply.body).toMatchObject({
        errors: expect.arrayContaining([expect.objectContaining({ field })]),
      });
    }
  });

  it.each([
    { name: "x" },
    { name: "x", redirectUris: [] },
    { ...APP, public: "yes" },
    { ...APP, clientId: "mine" },
  ])("refuses %j", async (body) => {
    expect((await create(body)).outcome).toEqual([400, "input_invalid"]);
  });
});

describe("an application", () => {
  it("changes what a patch names", async () => {
    const { id } = (await create({ ...APP, backchannelLogoutUri: "https://a.test/logout" })).as(
      createdApplication,
    );
    const patched = await api.call("updateApplication", {
      params: { applicationId: id },
      body: { redirectUris: ["https://new.example.com/cb"], backchannelLogoutUri: null },
    });
    expect(patched.body).toMatchObject({
      name: "Portal",
      redirectUris: ["https://new.example.com/cb"],
      backchannelLogoutUri: null,
    });
    const digest = await storedDigest(id);
    expect(digest).not.toBeNull();
  });

  it("says where people are sent who come to it, and to which pages", async () => {
    const made = (await create(APP)).as(createdApplication);
    expect(made).toMatchObject({ initiateLoginUri: null, targetUris: [] });
    const start = { initiateLoginUri: "https://a.test/start", targetUris: ["https://a.test/x?y=1"] };
    const params = { applicationId: made.id };
    expect((await api.call("updateApplication", { params, body: start })).body).toMatchObject(start);
    const patched = await api.call("updateApplication", { params, body: { initiateLoginUri: null } });
    expect(patched.body).toMatchObject({ ...start, initiateLoginUri: null });
  });

  it("signs ID tokens by RS256 and access tokens by ES256, unless it says otherwise", async () => {
    const made = (await create(APP)).as(createdApplication);
    expect(made).toMatchObject({ idTokenSigningAlg: "RS256", accessTokenSigningAlg: "ES256" });
    const params = { applicationId: made.id };
    const other = { idTokenSigningAlg: "ES256", accessTokenSigningAlg: "RS256" };
    expect((await api.call("updateApplication", { params, body: other })).body).toMatchObject(other);
    const kept = await api.call("updateApplication", { params, body: { name: "Wiki" } });
    expect(kept.body).toMatchObject(other);
    expect((await create({ ...APP, ...other })).body).toMatchObject(other);
    for (const alg of ["none", "HS256", "rs256", "PS256", "", null]) {
      for (const name of ["idTokenSigningAlg", "accessTokenSigningAlg"]) {
        const refused = await api.call("updateApplication", { params, body: { [name]: alg } });
        expect(refused.outcome).toEqual([400, "input_invalid"]);
        expect(refused.body).toMatchObject({ errors: [expect.objectContaining({ field: name })] });
      }
    }
  });

  it("gets another secret, and the old one ends", async () => {
    const made = (await create(APP)).as(createdApplication);
    const params = { applicationId: made.id };
    const rotated = (await api.call("rotateApplicationSecret", { params })).as(rotatedSecret);
    expect(rotated.clientSecret).not.toBe(made.clientSecret);
    expect(await storedDigest(made.id)).toEqual(digestToken(rotated.clientSecret));
  });

  it("gets none when it is public", async () => {
    const { id } = (await create({ ...APP, public: true })).as(createdApplication);
    const reply = await api.call("rotateApplicationSecret", { params: { applicationId: id } });
    expect(reply.outcome).toEqual([409, "application_public"]);
    expect(await storedDigest(id)).toBeNull();
  });

  it("is gone once deleted", async () => {
    const { id } = (await create(APP)).as(createdApplication);
    const params = { applicationId: id };
    expect((await api.call("deleteApplication", { params })).status).toBe(204);
    expect((await api.call("getApplication", { params })).outcome).toEqual([404, "application_not_found"]);
  });
});

describe("the integration check", () => {
  const check = async (id: string) =>
    (await api.call("checkApplication", { params: { applicationId: id } })).as(applicationCheck);
  const delivery = (more: Partial<LogoutDelivery>): LogoutDelivery => ({
    at: "2030-01-01T00:00:00.000Z",
    attempt: 1,
    signingAlg: "ES256",
    status: 200,
    outcome: "answered",
    reason: null,
    ...more,
  });
  const REFUSED = { status: 400, outcome: "failed" } as const;
  const SAYS_SO = "The application answered 400: expected RS256";

  it("shows the gateway as the application meets it, and nothing yet", async () => {
    const made = (await create({ ...APP, backchannelLogoutUri: "https://a.test/logout" })).as(
      createdApplication,
    );
    const { discovery, ...rest } = await check(made.id);
    expect(discovery).toMatchObject({
      issuer: api.deps.publicUrl,
      configurationUrl: `${api.deps.publicUrl}/.well-known/openid-configuration`,
      clientId: made.clientId,
      clientAuthentication: ["client_secret_basic", "client_secret_post"],
      idTokenSigningAlg: "RS256",
      accessTokenSigningAlg: "ES256",
    });
    expect(discovery.keys.map(({ algorithm }) => algorithm).toSorted()).toEqual(["ES256", "RS256"]);
    expect(rest).toEqual({
      lastRequest: null,
      lastTokenError: null,
      logout: { uri: "https://a.test/logout", deliveries: [], finding: null },
    });
    const open = (await create({ ...APP, public: true })).as(createdApplication);
    expect((await check(open.id)).discovery.clientAuthentication).toEqual(["none"]);
  });

  it.each<[string, Partial<LogoutDelivery>[], string | null]>([
    ["all well", [REFUSED, {}], null],
    [
      "words that say it",
      [{}, ...Array(3).fill({ ...REFUSED, reason: SAYS_SO })],
      "It refused the last 3 logout tokens: it expects RS256; set idTokenSigningAlg to RS256",
    ],
    [
      "silence about ES256",
      [{ ...REFUSED, reason: "The application answered 400." }],
      "It refused the last logout token: The application answered 400. Many libraries take RS256 alone: set idTokenSigningAlg to RS256",
    ],
    [
      "a refusal of RS256",
      [{ ...REFUSED, signingAlg: "RS256", reason: "The application answered 400." }],
      "It refused the last logout token: The application answered 400.",
    ],
    [
      "nobody there",
      [{ status: null, outcome: "failed", reason: "a.test could not be reached (ECONNREFUSED)." }],
      "It could not be told by the last logout token: a.test could not be reached (ECONNREFUSED).",
    ],
  ])("says what the deliveries come to: %s", async (_name, deliveries, finding) => {
    const { id } = (await create(APP)).as(createdApplication);
    await recordLogoutDeliveries(
      api.deps.database.sql,
      deliveries.map((more, n) => ({ applicationId: id, delivery: delivery({ attempt: n + 1, ...more }) })),
    );
    const { logout } = await check(id);
    expect(logout.finding).toBe(finding);
    expect(logout.deliveries.map(({ attempt }) => attempt)).toEqual(
      deliveries.map((_, n) => deliveries.length - n),
    );
  });

  it("is of applications that there are", async () => {
    const reply = await api.call("checkApplication", { params: { applicationId: newId() } });
    expect(reply.outcome).toEqual([404, "application_not_found"]);
  });
});
