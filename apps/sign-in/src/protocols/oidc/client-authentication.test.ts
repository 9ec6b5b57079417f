import { type ClientAuthentication, oidcJwksUri, oidcRedirectUri } from "@sallyport/connections";
import { activateKey, beginRotation, makeKeyPair, retireKey } from "@sallyport/connections/keys";
import { createBrowser } from "@sallyport/testing-browser";
import { decodeJwt, decodeProtectedHeader } from "jose";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createSignInFixture, type SignInFixture } from "../../testing/sign-in-fixture.ts";
import { createUpstreamOp, type UpstreamOp } from "../../testing/upstream-op.ts";

let fixture: SignInFixture;
let upstream: UpstreamOp;
let organizationId: string;

beforeAll(async () => {
  fixture = await createSignInFixture();
  organizationId = await fixture.addOrganization("bravo", ["bravo.com"]);
});
afterAll(() => fixture.close());
beforeEach(async () => {
  upstream = await createUpstreamOp();
  upstream.person = { sub: "jo", claims: { email: "jo@bravo.com" } };
  return () => upstream.close();
});

interface Wanted {
  /** How the connection authenticates, and what the IdP takes. */
  readonly ours?: ClientAuthentication;
  readonly theirs: ClientAuthentication;
  readonly provider?: string;
  readonly secret?: string;
  readonly push?: boolean;
  readonly client?: object | undefined;
  readonly features?: object | undefined;
}

async function connect({ ours, theirs, provider, secret, push, client, features }: Wanted): Promise<string> {
  const { issuer, clientId } = upstream;
  const id = await fixture.addOidcConnection(
    organizationId,
    {
      issuer,
      clientId,
      ...(secret === undefined ? {} : { clientSecret: secret }),
      ...(ours === undefined ? {} : { clientAuthentication: ours }),
      ...(push === undefined ? {} : { pushAuthorizationRequests: push }),
    },
    provider === undefined ? {} : { provider },
  );
  allow(id, { theirs, client, features });
  return id;
}

/** Makes the IdP anew: it remembers no keys. */
function allow(
  id: string,
  { theirs, client, features }: Pick<Wanted, "theirs" | "client" | "features">,
): void {
  upstream.allow(oidcRedirectUri(fixture.publicUrl, id), {
    client: {
      token_endpoint_auth_method: theirs,
      ...(theirs === "private_key_jwt"
        ? { client_secret: undefined, jwks_uri: oidcJwksUri(fixture.publicUrl, id) }
        : {}),
      ...client,
    },
    ...(features === undefined ? {} : { features }),
  });
}

async function login(connectionId: string) {
  const browser = createBrowser();
  const visit = await fixture.visit(browser, { connection: connectionId });
  if (visit.status !== 303) {
    return { visit, end: visit };
  }
  return { visit, end: await browser.get(await upstream.authenticate(browser, visit)) };
}

const lastRecord = () => fixture.database.prisma.loginRecord.findFirstOrThrow({ orderBy: { id: "desc" } });
const failed = async () => {
  const { errorCode, steps } = await lastRecord();
  return { errorCode, step: Array.isArray(steps) ? steps.at(-1) : undefined };
};

describe("a connection authenticates by", () => {
  it.each<ClientAuthentication>(["client_secret_basic", "client_secret_post", "client_secret_jwt"])(
    "%s, where it is told to",
    async (method) => {
      const id = await connect({ ours: method, theirs: method, secret: upstream.clientSecret });
      expect((await login(id)).end.status).toBe(303);
    },
  );

  it("its own key, which the IdP finds at the connection's JWKS", async () => {
    const id = await connect({ ours: "private_key_jwt", theirs: "private_key_jwt" });
    expect((await login(id)).end.status).toBe(303);
    const [sent] = upstream.tokenRequests;
    const assertion = sent?.get("client_assertion") ?? "";
    expect(decodeJwt(assertion)).toMatchObject({
      iss: upstream.clientId,
      sub: upstream.clientId,
      aud: upstream.issuer,
    });
    const jwks = await (await fetch(oidcJwksUri(fixture.publicUrl, id))).json();
    expect(jwks).toEqual({
      keys: [
        {
          kty: "RSA",
          use: "sig",
          n: expect.any(String),
          e: "AQAB",
          kid: decodeProtectedHeader(assertion).kid,
        },
      ],
    });
    expect(sent?.has("client_secret")).toBe(false);
  });

  it("its own key where it has no secret, and where the IdP takes nothing else", async () => {
    const id = await connect({ theirs: "private_key_jwt" });
    expect((await login(id)).end.status).toBe(303);
    upstream.metadata = { token_endpoint_auth_methods_supported: ["private_key_jwt"] };
    const other = await connect({ theirs: "private_key_jwt", secret: "unused" });
    expect((await login(other)).end.status).toBe(303);
  });

  it("its own key as Entra ID looks for it: by certificate, for the token endpoint", async () => {
    const id = await connect({ ours: "private_key_jwt", theirs: "private_key_jwt", provider: "entra" });
    await login(id);
    const assertion = upstream.tokenRequests.at(-1)?.get("client_assertion") ?? "";
    expect(decodeJwt(assertion).aud).toBe(`${upstream.issuer}/token`);
    const [{ certificate } = { certificate: "" }] = await fixture.database.prisma.connectionKey.findMany({
      where: { connectionId: id },
    });
    expect(decodeProtectedHeader(assertion)).toMatchObject({
      alg: "RS256",
      "x5t#S256": await thumbprint(certificate, "SHA-256"),
      x5t: await thumbprint(certificate, "SHA-1"),
    });
  });
});

async function thumbprint(certificate: string, algorithm: string): Promise<string> {
  const der = Buffer.from(certificate.replace(/-----[^-]+-----/g, ""), "base64");
  return Buffer.from(await crypto.subtle.digest(algorithm, der)).toString("base64url");
}

describe("what cannot work is told:", () => {
  it("a wrong secret", async () => {
    const id = await connect({
      ours: "client_secret_jwt",
      theirs: "client_secret_jwt",
      secret: "wrong".repeat(9),
    });
    expect((await login(id)).end.status).toBe(400);
    expect(await failed()).toMatchObject({
      errorCode: "oidc_invalid_client",
      step: { detail: { fix: expect.stringContaining("client id and secret") } },
    });
  });

  it("a way that needs a secret, without one", async () => {
    const id = await connect({ ours: "client_secret_post", theirs: "client_secret_post" });
    expect((await login(id)).end.status).toBe(502);
    expect(await failed()).toMatchObject({ errorCode: "oidc_client_secret_missing" });
  });

  it("an IdP that takes no algorithm of ours", async () => {
    upstream.metadata = { token_endpoint_auth_signing_alg_values_supported: ["ES256"] };
    const id = await connect({ ours: "private_key_jwt", theirs: "private_key_jwt" });
    expect((await login(id)).end.status).toBe(502);
    expect(await failed()).toMatchObject({
      errorCode: "oidc_client_algorithm_unsupported",
      step: { detail: { expected: ["RS256", "PS256"], found: ["ES256"] } },
    });
  });
});

it("changes its key with no moment in which the IdP knows the wrong one", async () => {
  const id = await connect({ ours: "private_key_jwt", theirs: "private_key_jwt" });
  const owner = { id, organizationId };
  const { database, secrets } = fixture;
  const kids = async () =>
    (
      (await (await fetch(oidcJwksUri(fixture.publicUrl, id))).json()) as { keys: { kid: string }[] }
    ).keys.map(({ kid }) => kid);
  const kidUsed = () =>
    decodeProtectedHeader(upstream.tokenRequests.at(-1)?.get("client_assertion") ?? "").kid;
  await login(id);
  const [first = ""] = await kids();
  const pair = await makeKeyPair(id, fixture.now());
  const begun = await database.transaction((sql) => beginRotation(sql, secrets, owner, pair, fixture.now()));
  const second = begun.ok ? begun.id : "";
  const early = await database.transaction((sql) => activateKey(sql, owner, second, { force: false }));
  expect(early).toEqual({ ok: false, code: "connection_key_unread" });
  expect(await kids()).toEqual([second, first]);
  expect((await login(id)).end.status).toBe(303);
  expect(kidUsed()).toBe(first);
  allow(id, { theirs: "private_key_jwt" });
  await database.transaction((sql) => activateKey(sql, owner, second, { force: false }));
  expect((await login(id)).end.status).toBe(303);
  expect(kidUsed()).toBe(second);
  await database.transaction((sql) => retireKey(sql, owner, first, fixture.now()));
  expect(await kids()).toEqual([second]);
});

describe("the JWKS of a connection", () => {
  it("is empty where no key was ever needed, and none is made for whoever asks", async () => {
    const id = await connect({ theirs: "client_secret_basic", secret: upstream.clientSecret });
    const answer = await fetch(oidcJwksUri(fixture.publicUrl, id));
    expect([answer.headers.get("content-type"), await answer.json()]).toEqual([
      expect.stringContaining("application/jwk-set+json"),
      { keys: [] },
    ]);
    expect(await fixture.database.prisma.connectionKey.count({ where: { connectionId: id } })).toBe(0);
  });

  it.each(["00000000-0000-7000-8000-000000000000", "nonsense"])("is none of %s", async (id) => {
    expect((await fetch(oidcJwksUri(fixture.publicUrl, id))).status).toBe(404);
  });
});

describe("an authorization request is pushed (RFC 9126)", () => {
  const par = (required: boolean) => ({
    pushedAuthorizationRequests: { enabled: true, requirePushedAuthorizationRequests: required },
  });

  it.each<[string, Partial<Wanted>]>([
    ["where the IdP requires it", { features: par(true) }],
    ["where the connection says so", { features: par(false), push: true }],
  ])("%s, and the browser carries a reference only", async (_, wanted) => {
    const method = "client_secret_basic";
    const id = await connect({ theirs: method, secret: upstream.clientSecret, ...wanted });
    const { visit, end } = await login(id);
    expect([...new URL(visit.location).searchParams.keys()].toSorted()).toEqual(["client_id", "request_uri"]);
    expect(end.status).toBe(303);
    expect((await lastRecord()).request).toMatch(/code_challenge_method=S256/);
  });

  it("and not where it need not be", async () => {
    const method = "client_secret_basic";
    const id = await connect({ theirs: method, secret: upstream.clientSecret, features: par(false) });
    expect(new URL((await login(id)).visit.location).searchParams.has("request_uri")).toBe(false);
  });

  it("by the connection's own key, too", async () => {
    const id = await connect({ theirs: "private_key_jwt", features: par(true) });
    expect((await login(id)).end.status).toBe(303);
  });

  it("and what the IdP says against it is told", async () => {
    const id = await connect({
      theirs: "client_secret_basic",
      secret: "another secret, which is wrong",
      features: par(true),
    });
    expect((await login(id)).end.status).toBe(400);
    expect(await failed()).toMatchObject({
      errorCode: "oidc_invalid_client",
      step: { detail: { message: expect.stringContaining("pushed authorization request") } },
    });
  });

  it("and an IdP that takes none is told of", async () => {
    const id = await connect({
      theirs: "client_secret_basic",
      secret: upstream.clientSecret,
      push: true,
      features: { pushedAuthorizationRequests: { enabled: false } },
    });
    await login(id);
    expect(await failed()).toMatchObject({ errorCode: "oidc_par_unsupported" });
  });
});
