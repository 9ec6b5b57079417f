import type { OidcConnection } from "@sallyport/connections";
import { clientSecretContext } from "@sallyport/connections";
import { newId } from "@sallyport/database";
import { createSecretBox, newEncryptionKey } from "@sallyport/secrets";
import { beforeEach, expect, it } from "vitest";
import { createOidcConfigurations, type OidcConfigurations } from "./configuration.ts";

const secrets = createSecretBox([newEncryptionKey()]);
let asked: string[];
let reachable: boolean;
let clock: number;
let configurations: OidcConfigurations;

beforeEach(() => {
  asked = [];
  reachable = true;
  clock = Date.UTC(2026, 4, 4);
  configurations = createOidcConfigurations({
    outbound: { fetch: discover, close: async () => {} },
    secrets,
    now: () => new Date(clock),
  });
});

/** Every host's discovery document. */
async function discover(input: string | URL): Promise<Response> {
  const { origin, pathname } = new URL(input);
  asked.push(origin);
  if (!reachable) {
    throw new TypeError("connection refused");
  }
  expect(pathname).toBe("/.well-known/openid-configuration");
  return Response.json({
    issuer: origin,
    authorization_endpoint: `${origin}/authorize`,
    token_endpoint: `${origin}/token`,
    jwks_uri: `${origin}/jwks`,
  });
}

function connection(issuer: string, id = newId()): OidcConnection {
  const clientSecret = secrets.seal("secret", clientSecretContext(id));
  const settings = { issuer, clientId: "gateway", clientSecret, scopes: ["openid"] };
  return { id, organizationId: newId(), type: "oidc", provider: "generic", name: "OIDC", settings };
}

it("asks an IdP once for many logins at once, and anew after ten minutes", async () => {
  const okta = connection("https://okta.example");
  await Promise.all([configurations.of(okta), configurations.of(okta), configurations.of(okta)]);
  clock += 10 * 60 * 1000 - 1;
  await configurations.of(okta);
  expect(asked).toHaveLength(1);
  clock += 1;
  await configurations.of(okta);
  expect(asked).toHaveLength(2);
});

it("lets changed settings count at once", async () => {
  const before = connection("https://okta.example");
  const { settings } = before;
  await configurations.of(before);
  const moved = await configurations.of({
    ...before,
    settings: { ...settings, issuer: "https://new.example" },
  });
  const renamed = await configurations.of({ ...before, settings: { ...settings, clientId: "another" } });
  expect(moved.serverMetadata().issuer).toBe("https://new.example");
  expect(renamed.clientMetadata().client_id).toBe("another");
});

it("shares nothing between connections with the same settings", async () => {
  const { settings } = connection("https://okta.example");
  const [ours, theirs] = [connection("https://okta.example"), connection("https://okta.example")];
  await configurations.of(ours);
  await configurations.of(theirs);
  expect(asked).toHaveLength(2);
  const stolen = { ...ours, settings };
  await expect(configurations.of(stolen)).rejects.toMatchObject({ code: "secret_damaged" });
});

it("remembers no failure", async () => {
  const okta = connection("https://okta.example");
  reachable = false;
  await expect(configurations.of(okta)).rejects.toMatchObject({ code: "idp_unreachable" });
  reachable = true;
  await expect(configurations.of(okta)).resolves.toBeDefined();
});

it("keeps a thousand, and forgets the oldest beyond", async () => {
  const first = connection("https://first.example");
  await configurations.of(first);
  for (let n = 0; n < 1000; n++) {
    await configurations.of(connection(`https://idp${n}.example`));
  }
  await configurations.of(first);
  expect(asked.filter((origin) => origin === "https://first.example")).toHaveLength(2);
});
