import type { OidcConnection } from "@sallyport/connections";
import { clientSecretContext } from "@sallyport/connections";
import { newId } from "@sallyport/database";
import { createSecretBox, newEncryptionKey } from "@sallyport/secrets";
import { beforeEach, expect, it } from "vitest";
import { createOidcClients, type OidcClients } from "./clients.ts";

const secrets = createSecretBox([newEncryptionKey()]);
let asked: string[];
let reachable: boolean;
/** Set: the host answers nothing, and this ends its silence. */
let silence: Promise<void> | undefined;
let patience: Promise<void>;
let clock: number;
let clients: OidcClients;

beforeEach(() => {
  asked = [];
  reachable = true;
  silence = undefined;
  patience = new Promise(() => undefined);
  clock = Date.UTC(2026, 4, 4);
  clients = createOidcClients({
    outbound: { fetch: discover, close: async () => {} },
    secrets,
    now: () => new Date(clock),
    signingKey: () => Promise.reject(new Error("There is none")),
    patience: () => patience,
  });
});

/** Every host's discovery document. */
async function discover(input: string | URL): Promise<Response> {
  const { origin, pathname } = new URL(input);
  asked.push(origin);
  await silence;
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
  await Promise.all([clients.of(okta), clients.of(okta), clients.of(okta)]);
  clock += 10 * 60 * 1000 - 1;
  await clients.of(okta);
  expect(asked).toHaveLength(1);
  clock += 1;
  await clients.of(okta);
  expect(asked).toHaveLength(2);
});

it("lets changed settings count at once", async () => {
  const before = connection("https://okta.example");
  const { settings } = before;
  await clients.of(before);
  const moved = await clients.of({
    ...before,
    settings: { ...settings, issuer: "https://new.example" },
  });
  const renamed = await clients.of({ ...before, settings: { ...settings, clientId: "another" } });
  expect(moved.metadata.issuer).toBe("https://new.example");
  expect(renamed.exchange().clientMetadata().client_id).toBe("another");
});

it("shares nothing between connections with the same settings", async () => {
  const { settings } = connection("https://okta.example");
  const [ours, theirs] = [connection("https://okta.example"), connection("https://okta.example")];
  await clients.of(ours);
  await clients.of(theirs);
  expect(asked).toHaveLength(2);
  const stolen = { ...ours, settings };
  await expect(clients.of(stolen)).rejects.toMatchObject({ code: "secret_damaged" });
});

const UNREACHABLE = { kind: "unreachable", finding: { code: "idp_unreachable" } };

it("finds an IdP at once when it is back", async () => {
  const okta = connection("https://okta.example");
  reachable = false;
  await expect(clients.of(okta)).rejects.toMatchObject(UNREACHABLE);
  reachable = true;
  await expect(clients.of(okta)).resolves.toBeDefined();
});

it("has nobody wait long for an IdP that was away, and asks it once for all of them", async () => {
  const okta = connection("https://okta.example");
  reachable = false;
  await expect(clients.of(okta)).rejects.toMatchObject(UNREACHABLE);

  let speak = (): void => undefined;
  silence = new Promise((resolve) => {
    speak = resolve;
  });
  patience = Promise.resolve();
  const refused = await Promise.allSettled([clients.of(okta), clients.of(okta), clients.of(okta)]);
  expect(refused.map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
  expect(asked).toHaveLength(2);

  reachable = true;
  patience = new Promise(() => undefined);
  speak();
  // What was asked for those who are gone serves whoever comes now.
  await expect(clients.of(okta)).resolves.toBeDefined();
  expect(asked).toHaveLength(2);
});

it.each(["https://okta.example/realms/a", "https://okta.example/realms/a/"])(
  "takes the issuer %s with or without a slash at its end, as the discovery document has it",
  async (documented) => {
    const served = createOidcClients({
      outbound: {
        fetch: async (url) => {
          expect(String(url)).toBe("https://okta.example/realms/a/.well-known/openid-configuration");
          return Response.json({
            issuer: documented,
            authorization_endpoint: "https://okta.example/authorize",
            token_endpoint: "https://okta.example/token",
            jwks_uri: "https://okta.example/jwks",
          });
        },
        close: async () => {},
      },
      secrets,
      now: () => new Date(clock),
      signingKey: () => Promise.reject(new Error("There is none")),
    });
    for (const issuer of ["https://okta.example/realms/a", "https://okta.example/realms/a/"]) {
      expect((await served.of(connection(issuer))).metadata.issuer).toBe(documented);
    }
    await expect(served.of(connection("https://okta.example/realms/A"))).rejects.toThrow();
  },
);

it("keeps a thousand, and forgets the oldest beyond", async () => {
  const first = connection("https://first.example");
  await clients.of(first);
  for (let n = 0; n < 1000; n++) {
    await clients.of(connection(`https://idp${n}.example`));
  }
  await clients.of(first);
  expect(asked.filter((origin) => origin === "https://first.example")).toHaveLength(2);
});
