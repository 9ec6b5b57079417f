/**
 * Streams of applications belong to the gateway's operators: whoever administers one organization, or holds a key that may
 * do something else, would learn what all organizations' applications are told, and could have them miss it.
 * OWASP API1:2023 (broken object level authorization), API5:2023 (broken function level authorization); CWE-352, CWE-639.
 */

import { newId } from "@sallyport/database";
import type { Browser } from "@sallyport/testing-browser";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { insertStream } from "../../harness/signals.ts";
import { type ConsoleSite, call, OWN, startConsoleSite } from "../console/site.ts";

const made = z.object({ id: z.string() });
const madeKey = z.object({ key: z.string() });

let site: ConsoleSite;
let wiki: string;
let crm: string;
let stream: string;
let before: unknown;
beforeAll(async () => {
  site = await startConsoleSite();
  [wiki, crm] = [await newApplication("wiki"), await newApplication("crm")];
  stream = await insertStream(site.gateway, wiki);
  before = await state();
}, 60_000);
afterAll(() => site.stop());

async function newApplication(name: string): Promise<string> {
  const body = { name, redirectUris: ["https://app.example.test/callback"] };
  return made.parse((await site.gateway.api("POST", "/applications", body)).body).id;
}

/** All that could be done to the stream. */
async function state() {
  const { prisma } = site.gateway.database;
  return {
    stream: await prisma.signalStream.findUnique({ where: { id: stream } }),
    pending: await prisma.pendingSignal.count(),
    events: await prisma.event.count({ where: { resourceType: "signalStream" } }),
  };
}

const operations = (applicationId = wiki, id = stream) =>
  [
    ["GET", "/signal-streams", undefined],
    ["GET", `/applications/${applicationId}/signal-streams`, undefined],
    ["GET", `/applications/${applicationId}/signal-streams/${id}`, undefined],
    ["POST", `/applications/${applicationId}/signal-streams/${id}/status`, { status: "disabled" }],
    ["POST", `/applications/${applicationId}/signal-streams/${id}/verification`, undefined],
    ["DELETE", `/applications/${applicationId}/signal-streams/${id}`, undefined],
  ] as const;

describe("a stream is neither read nor touched", () => {
  it("by people of an organization, whatever their role there", async () => {
    for (const role of ["organizationAdmin", "organizationViewer"]) {
      await site.acme.addMember(role, role);
      const browser = site.newBrowser();
      await site.acme.signIn(browser, role);
      for (const [method, path, body] of operations()) {
        const { code, status } = await call(browser, method, `/api/v1${path}`, { body });
        expect([role, path, status, code]).toEqual([role, path, 403, "key_scope_insufficient"]);
      }
    }
    expect(await state()).toEqual(before);
  });

  it.each<[string, object, string, readonly string[]]>([
    ["of an organization", { organization: "acme" }, "key_scope_insufficient", []],
    ["of all, for webhooks", { permissions: ["webhooks.write"] }, "permission_missing", []],
    [
      "of all, to change applications",
      { permissions: ["applications.write"] },
      "permission_missing",
      ["POST", "DELETE"],
    ],
    ["of all, to read applications", { permissions: ["applications.read"] }, "permission_missing", ["GET"]],
  ])("by a key %s beyond what it may", async (_name, body, code, may) => {
    const { key } = madeKey.parse(
      (await site.gateway.api("POST", "/api-keys", { name: "Key", ...body })).body,
    );
    for (const [method, path, sent] of operations().filter(([method]) => !may.includes(method))) {
      expect([path, await site.gateway.api(method, path, sent, key)]).toMatchObject([
        path,
        { status: 403, body: { code } },
      ]);
    }
    expect(await state()).toEqual(before);
  });

  it("by way of another application, which is told the same as of a stream that never was", async () => {
    for (const [method, path, body] of operations(crm).slice(2)) {
      const { status, body: said } = await site.gateway.api(method, path, body);
      expect([path, status, said]).toMatchObject([path, 404, { code: "signal_stream_not_found" }]);
      const unknown = await site.gateway.api(method, path.replace(stream, newId()), body);
      expect({ ...Object(said), requestId: "" }).toEqual({ ...Object(unknown.body), requestId: "" });
    }
    expect((await site.gateway.api("GET", `/applications/${crm}/signal-streams`)).body).toEqual({
      items: [],
      nextCursor: null,
    });
    expect(await state()).toEqual(before);
  });

  it("by another page, in the browser of an operator", async () => {
    await site.operators.addMember("olga", "operator");
    const olga: Browser = site.newBrowser();
    await site.operators.signIn(olga, "olga");
    const { "x-sallyport-console": _, ...plain } = OWN;
    for (const headers of [
      plain,
      { ...OWN, origin: "https://evil.example.test", "sec-fetch-site": "cross-site" },
      { ...OWN, "sec-fetch-site": "same-site" },
      { "x-sallyport-console": "1" },
    ]) {
      for (const [method, path, body] of operations().filter(([method]) => method !== "GET")) {
        const { code, status } = await call(olga, method, `/api/v1${path}`, { body, headers });
        expect([path, status, code]).toEqual([path, 403, "console_request_refused"]);
      }
    }
    expect(await state()).toEqual(before);
    // The same requests of the console's own page do it.
    const pause = { body: { status: "paused" } };
    const path = `/api/v1/applications/${wiki}/signal-streams/${stream}/status`;
    expect((await call(olga, "POST", path, pause)).status).toBe(200);
  });
});
