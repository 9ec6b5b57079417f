/**
 * Logos: a picture that is uploaded for pages that everybody sees. Whoever may upload tries to have script served from the
 * gateway's own origin, to exhaust it by a picture that unpacks, and to change what another organization's people see.
 * CWE-434 (unrestricted upload of file with dangerous type), CWE-79, CWE-409 (data amplification), OWASP API1:2023.
 */

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { startTestGateway, type TestGateway } from "../../harness/gateway.ts";
import { greyPng, pngChunk, shade } from "../../harness/png.ts";

const madeKey = z.object({ key: z.string() });
const madeLink = z.object({ url: z.string() });
const stored = z.object({ url: z.string(), width: z.number(), height: z.number() });
const refused = z.object({ code: z.string(), detail: z.string() });

let gateway: TestGateway;
let acme: string;
let bravo: string;
beforeAll(async () => {
  gateway = await startTestGateway();
  [acme, bravo] = [await newCompany("acme"), await newCompany("bravo")];
}, 60_000);
afterAll(() => gateway.stop());

/** An organization's own key. */
async function newCompany(slug: string): Promise<string> {
  await gateway.api("POST", "/organizations", { slug, name: slug });
  return madeKey.parse((await gateway.api("POST", "/api-keys", { name: slug, organization: slug })).body).key;
}

const plain = greyPng(8, shade(8, 0));
const SCRIPT = "<script>fetch('/console')</script>";

const upload = (image: Buffer, { org = "acme", key = acme } = {}) =>
  gateway.api("PUT", `/organizations/${org}/logo`, { image: image.toString("base64") }, key);
const events = async () =>
  (await gateway.database.sql.query("SELECT 1 FROM events WHERE type LIKE 'organization.logo%'")).rows.length;

describe("an uploaded picture", () => {
  it("is served as nothing but a picture, to be kept for good", async () => {
    const logo = stored.parse((await upload(plain)).body);
    expect(logo).toMatchObject({ width: 8, height: 8 });
    const served = await fetch(logo.url);
    expect(served.status).toBe(200);
    expect(Object.fromEntries(served.headers)).toMatchObject({
      "content-type": "image/png",
      "x-content-type-options": "nosniff",
      "cache-control": "public, max-age=31536000, immutable",
      "content-security-policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    });
    expect(await events()).toBe(1);
    await upload(plain);
    expect(await events()).toBe(1); // the same again changes nothing
  });

  it("loses whatever else was in it", async () => {
    const polyglot = Buffer.concat([
      greyPng(8, shade(8, 7), pngChunk("tEXt", Buffer.from(`Comment\0${SCRIPT}`))),
      Buffer.from(`<html>${SCRIPT}`),
    ]);
    const { url } = stored.parse((await upload(polyglot)).body);
    const served = Buffer.from(await (await fetch(url)).arrayBuffer());
    expect(served.subarray(1, 4).toString()).toBe("PNG");
    expect(served.includes("script")).toBe(false);
    expect(served.includes("html")).toBe(false);
  });

  it.each([
    ["an SVG", Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg">${SCRIPT}</svg>`)],
    ["an SVG behind a byte order mark", Buffer.from(`\ufeff<?xml version="1.0"?><svg>${SCRIPT}</svg>`)],
    ["HTML", Buffer.from(`<!doctype html>${SCRIPT}`)],
    ["HTML behind the signature of a PNG", Buffer.concat([plain.subarray(0, 8), Buffer.from(SCRIPT)])],
    ["a damaged PNG", plain.subarray(0, plain.length - 20)],
    ["a GIF", Buffer.from("GIF89a\u0001\u0000\u0001\u0000\u0000\u0000\u0000;")],
    ["one that unpacks to 20,000 by 20,000", greyPng(20_000, Buffer.alloc(100_000_000))],
    ["one that says so alone", greyPng(2 ** 31 - 1, Buffer.alloc(10))],
  ])("that is %s is refused, and changes nothing", async (_name, image) => {
    const before = await gateway.api("GET", "/organizations/acme/logo", undefined, acme);
    const count = await events();
    const answer = await upload(image);
    expect([answer.status, refused.parse(answer.body).code]).toEqual([400, "image_unusable"]);
    expect((await gateway.api("GET", "/organizations/acme/logo", undefined, acme)).body).toEqual(before.body);
    expect(await events()).toBe(count);
  });

  it("that is no JSON, or too large, is not even read", async () => {
    const send = (type: string, body: string | Buffer) =>
      fetch(`${gateway.url}/api/v1/organizations/acme/logo`, {
        method: "PUT",
        headers: { authorization: `Bearer ${acme}`, "content-type": type },
        body: typeof body === "string" ? body : new Uint8Array(body),
      });
    expect((await send("image/svg+xml", `<svg>${SCRIPT}</svg>`)).status).toBe(415);
    expect((await send("image/png", plain)).status).toBe(415);
    expect((await send("application/json", JSON.stringify({ image: "A".repeat(1_100_000) }))).status).toBe(
      413,
    );
  });

  it("of 4 million pixels holds nobody up", async () => {
    const large = greyPng(2_000, shade(2_000, 99));
    const waits: number[] = [];
    let done = false;
    const uploads = Promise.all(Array.from({ length: 4 }, () => upload(large))).finally(() => {
      done = true;
    });
    while (!done) {
      const before = performance.now();
      await fetch(`${gateway.url}/healthz`);
      waits.push(performance.now() - before);
    }
    expect((await uploads).map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    // The decoder works beside the event loop: on it, each of them would take most of a second.
    expect(Math.max(...waits)).toBeLessThan(1_000);
  });
});

describe("another organization's logo", () => {
  it("is neither seen nor changed by a key, nor by a setup link", async () => {
    const foreign = { org: "acme", key: bravo };
    expect((await upload(plain, foreign)).status).toBe(404);
    expect((await gateway.api("GET", "/organizations/acme/logo", undefined, bravo)).status).toBe(404);
    expect((await gateway.api("DELETE", "/organizations/acme/logo", undefined, bravo)).status).toBe(404);

    const intents = ["sso", "directory", "domain", "certificate"];
    const link = await gateway.api("POST", "/organizations/acme/setup-links", { intents });
    const key = new URL(madeLink.parse(link.body).url).pathname.split("/").at(-1) ?? "";
    expect((await upload(plain, { org: "acme", key })).status).toBe(403);
    expect((await upload(plain, { org: "bravo", key })).status).toBe(404);
  });

  it("is found at no address but its own", async () => {
    for (const path of [
      "",
      "x.png",
      `${"0".repeat(64)}.png`,
      `${"0".repeat(64)}`,
      "..%2fconsole",
      "%00.png",
    ]) {
      expect((await fetch(`${gateway.url}/logos/${path}`)).status).toBe(404);
    }
  });

  it("that stands for the operator, only an operator changes", async () => {
    const { rows } = await gateway.database.sql.query<{ slug: string }>(
      "SELECT slug FROM organizations WHERE for_operators",
    );
    const org = rows[0]?.slug ?? "";
    const own = madeKey.parse(
      (await gateway.api("POST", "/api-keys", { name: "o", organization: org })).body,
    );
    expect(refused.parse((await upload(plain, { org, key: own.key })).body).code).toBe("operator_required");
    expect((await upload(plain, { org, key: gateway.rootKey })).status).toBe(200);
  });
});
