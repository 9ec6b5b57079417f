import { mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createBrowser } from "@sallyport/testing-browser";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { type OidcSite, startOidcSite } from "../../harness/oidc-site.ts";
import { freePorts } from "../../harness/process.ts";
import { type ScriptedOp, startScriptedOp } from "../../harness/scripted-op.ts";
import { type Echo, startEcho } from "../echo.ts";
import type { ServerProcess } from "../process.ts";
import { createVisitor, type Visitor } from "../visitor.ts";
import type { Peer } from "./peer.ts";
import { peers } from "./peers/index.ts";
import { fileOf, type Recipe, readRecipe, writeRecipe } from "./recipe.ts";
import { addRow, type Row, table } from "./table.ts";

const CACHE = process.env.INTEROP_CACHE ?? join(tmpdir(), "sallyport-interop");
const WANTED = (process.env.PEERS ?? "").split(" ").filter((name) => name !== "");
const ANN = "ann@acme.example.test";
const LOGOUT_MS = 15_000;

const registration = z.looseObject({
  backchannelLogoutUri: z.string().optional(),
});
const created = z.object({ id: z.string(), clientId: z.string(), clientSecret: z.string() });
const sessionPage = z.object({ items: z.array(z.object({ id: z.string(), live: z.boolean() })) });
const check = z.object({ logout: z.object({ deliveries: z.array(z.object({ outcome: z.string() })) }) });

let site: OidcSite;
let behindProxy: Echo;
let idp: ScriptedOp;
beforeAll(async () => {
  [site, idp, behindProxy] = await Promise.all([startOidcSite(), startScriptedOp(), startEcho()]);
  idp.claims = { sub: "ann", email: ANN, email_verified: true, name: "Ann", groups: ["Engineering"] };
  await site.addTenant("acme", idp);
  await site.call("PUT", "/organizations/acme/group-mappings", 200, [
    { group: "Engineering", role: "admin" },
  ]);
});
afterAll(async () => {
  await behindProxy?.stop();
  await idp?.close();
  await site?.stop();
  process.stdout.write(`\n${table()}\n`);
});

const chosen = peers.filter(({ name }) => WANTED.length === 0 || WANTED.includes(name));
it("knows every peer that was asked for", () => {
  expect(chosen.map(({ name }) => name)).toEqual(expect.arrayContaining(WANTED));
});

describe.each(chosen)("$name", (peer: Peer) => {
  const row: Row = addRow(peer.name);
  let server: ServerProcess | undefined;
  let url: string;
  let applicationId: string;
  let answersLogout: boolean;

  beforeAll(async () => {
    const folder = join(CACHE, peer.name);
    await mkdir(folder, { recursive: true });
    const recipe = await readRecipe(peer.name);
    const port = await freePorts();
    url = `http://localhost:${port}`;
    const values = {
      "https://sso.example.com": site.gateway.url,
      "https://app.example.com": url,
      "http://127.0.0.1:3000": behindProxy.url,
    };
    const { clientId, clientSecret } = await register(recipe, values);
    await writeRecipe(recipe, folder, { ...values, CLIENT_ID: clientId, CLIENT_SECRET: clientSecret });
    row.version = await peer.install(folder);
    server = await peer.start({ folder, port, url });
  }, 20 * 60_000);
  afterAll(() => server?.stop());

  async function register(recipe: Recipe, values: Parameters<typeof fileOf>[2]) {
    const body: unknown = JSON.parse(fileOf(recipe, "application.json", values));
    answersLogout = registration.parse(body).backchannelLogoutUri !== undefined;
    const application = created.parse(await site.call("POST", "/applications", 201, body));
    applicationId = application.id;
    return application;
  }

  async function signIn(): Promise<Visitor> {
    const visitor = createVisitor(createBrowser(), { email: ANN });
    const page = await visitor.reach(url + peer.page);
    const told = `${page.url} answered ${page.status}: ${page.body.slice(0, 2000)}\n${server?.output().slice(-4000)}`;
    expect(page.url.startsWith(url) && page.body.includes(ANN) && page.body.includes("admin"), told).toBe(
      true,
    );
    return visitor;
  }

  async function isSignedIn({ browser }: Visitor): Promise<boolean> {
    const page = await browser.get(url + peer.page);
    return page.status === 200 && page.body.includes(ANN);
  }

  async function liveSessions(): Promise<string[]> {
    const { items } = sessionPage.parse(await site.call("GET", "/organizations/acme/sessions", 200));
    return items.filter(({ live }) => live).map(({ id }) => id);
  }

  it("signs in, and shows the person's email and roles", async () => {
    row.signIn = "fails";
    expect(await isSignedIn(await signIn())).toBe(true);
    row.signIn = "yes";
  });

  it.runIf(peer.signOut !== undefined)("signs out at the gateway, too", async () => {
    row.logout = "fails";
    const goodbye = `${url}/goodbye`;
    const before = await liveSessions();
    const visitor = await signIn();
    expect(await liveSessions()).toHaveLength(before.length + 1);
    const last =
      peer.signOut === "form"
        ? await visitor.send(await visitor.browser.get(url + peer.page))
        : await visitor.visit(url + peer.signOut?.replace("{goodbye}", encodeURIComponent(goodbye)));
    expect(last.url.split("?")[0], last.body.slice(0, 2000)).toBe(goodbye);
    expect(await isSignedIn(visitor)).toBe(false);
    expect(await liveSessions()).toEqual(before);
    row.logout = "yes";
  });

  it.runIf(peer.refreshes)("stays signed in through requests that refresh at the same time", async () => {
    row.refresh = "fails";
    const visitor = await signIn();
    for (let round = 0; round < 3; round += 1) {
      await sleep(2_100); // oauth2-proxy counts whole seconds
      const answers = await Promise.all(
        Array.from({ length: 6 }, () => visitor.browser.get(url + peer.page)),
      );
      expect(answers.map(({ status }) => status)).toEqual(Array(6).fill(200));
      const refreshed = answers.filter(({ headers }) => headers.has("set-cookie"));
      expect(refreshed.length, server?.output().slice(-4000)).toBeGreaterThan(1);
    }
    row.refresh = "yes";
  });

  it("ends its session once ours is revoked, where it takes logout tokens", async () => {
    row.backchannel = answersLogout ? "fails" : "no";
    const before = await liveSessions();
    const [revoked, other] = [await signIn(), await signIn()];
    const [id] = (await liveSessions()).filter((each) => !before.includes(each)).toSorted();
    await site.call("DELETE", `/organizations/acme/sessions/${id}`, 204);
    if (answersLogout) {
      await expect.poll(() => isSignedIn(revoked), { timeout: LOGOUT_MS }).toBe(false);
      const told = check.parse(await site.call("GET", `/applications/${applicationId}/check`, 200));
      expect(told.logout.deliveries[0]?.outcome).toBe("answered");
      row.backchannel = "yes";
    } else {
      expect(await isSignedIn(revoked)).toBe(true);
    }
    if (peer.refreshes) {
      await expect.poll(() => isSignedIn(revoked), { timeout: LOGOUT_MS, interval: 1_000 }).toBe(false);
    }
    expect(await isSignedIn(other)).toBe(peer.endsWholePerson !== true);
  });
});
