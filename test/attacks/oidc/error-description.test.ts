/**
 * An error that no database takes: whoever answers in the identity provider's place sends a description that is cut within
 * a character, or holds a NUL, so that the refusal ends as an error of ours, and in no record. CWE-176, CWE-248, CWE-778.
 */

import { afterAll, beforeAll, expect, it } from "vitest";
import { z } from "zod";
import { type OidcSite, startOidcSite } from "../../harness/oidc-site.ts";
import { type ScriptedOp, startScriptedOp } from "../../harness/scripted-op.ts";

let op: ScriptedOp;
let site: OidcSite;
beforeAll(async () => {
  op = await startScriptedOp();
  site = await startOidcSite();
  await site.addTenant("acme", op);
}, 60_000);
afterAll(async () => {
  await site.stop();
  await op.close();
});

const records = z.object({
  items: z.array(z.object({ id: z.string(), outcome: z.string(), errorCode: z.string() })),
});

/** What the callback answers to an error, in a browser that has started a sign-in, and what its record holds. */
async function refused(parameters: string) {
  const browser = site.newBrowser();
  let page = await browser.get(site.application.startUrl({ organization: "acme" }).url);
  while (page.location !== "" && !page.location.startsWith(op.issuer)) {
    page = await browser.get(page.location);
  }
  const { searchParams } = new URL(page.location);
  const state = searchParams.get("state");
  const { status } = await browser.get(`${searchParams.get("redirect_uri")}?state=${state}&${parameters}`);
  const list = await site.call("GET", "/organizations/acme/login-records?limit=1", 200);
  const [newest] = records.parse(list).items;
  const record = await site.call("GET", `/organizations/acme/login-records/${newest?.id}`, 200);
  return { status, ...newest, record: JSON.stringify(record) };
}

const rocket = encodeURIComponent("🚀");

it.each([
  ["cut within a character", `${"x".repeat(499)}${rocket}`],
  ["of such characters alone", rocket.repeat(600)],
  ["with a NUL", "a%00b"],
  ["with half a character, as nobody can encode it", "a%ED%A0%80b"],
  ["far too long", "x".repeat(10_000)],
])("ends on a page and in the record: a description %s", async (_name, description) => {
  const answer = await refused(`error=access_denied&error_description=${description}`);
  expect(answer).toMatchObject({ status: 403, outcome: "failure", errorCode: "oidc_access_denied" });
});

it("ends on a page and in the record: an error code of such characters", async () => {
  const answer = await refused(`error=${"x".repeat(63)}${rocket}%00`);
  expect(answer).toMatchObject({ status: 400, outcome: "failure" });
});

it("tells the administrator what an honest provider says", async () => {
  const { status, record } = await refused(
    "error=access_denied&error_description=Not%20assigned%20%F0%9F%9A%80",
  );
  expect(status).toBe(403);
  expect(record).toContain("Not assigned 🚀");
});
