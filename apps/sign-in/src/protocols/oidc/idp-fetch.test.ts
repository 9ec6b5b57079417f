import type { CustomFetch } from "openid-client";
import { beforeEach, expect, it } from "vitest";
import { createIdpFetch } from "./idp-fetch.ts";

const JWKS = "https://idp.example/jwks";
let asked: string[];
let answer: () => Response;
let clock: number;
let sizes: number[];
let idpFetch: CustomFetch;

beforeEach(() => {
  asked = [];
  sizes = [];
  clock = Date.UTC(2026, 4, 4);
  answer = () =>
    Response.json({ keys: [{ kty: "EC", kid: "one", crv: "P-256", x: "a", y: "b", x5c: ["much"] }] });
  idpFetch = createIdpFetch({
    outbound: {
      fetch: async (url) => {
        asked.push(String(url));
        return answer();
      },
      close: async () => {},
    },
    now: () => new Date(clock),
    onKeys: (bytes) => void sizes.push(bytes),
  });
});

const get = (headers: Record<string, string> = {}) =>
  idpFetch(JWKS, { method: "GET", headers, body: undefined, redirect: "manual" });

it("fetches keys once for whoever asks within a minute, and keeps what verifies", async () => {
  const answers = await Promise.all([get(), get(), get()]);
  clock += 59_999;
  answers.push(await get());
  const kept = { keys: [{ kty: "EC", kid: "one", crv: "P-256", x: "a", y: "b" }] };
  expect(await Promise.all(answers.map((one) => one.json()))).toEqual([kept, kept, kept, kept]);
  expect([asked, sizes]).toEqual([[JWKS], [JSON.stringify(kept).length]]);
  clock += 1;
  await get();
  expect(asked).toHaveLength(2);
});

it("keeps no failure", async () => {
  const honest = answer;
  answer = () => Response.json({ keys: "none" });
  await expect(get()).rejects.toMatchObject({
    finding: { code: "idp_answer_invalid", detail: expect.stringContaining("keys") },
  });
  answer = honest;
  expect((await get()).status).toBe(200);
  expect(asked).toHaveLength(2);
});

it("takes a request that carries a token for userinfo, wherever it goes", async () => {
  const person = { sub: "jo", groups: ["a"], custom: { deep: true } };
  answer = () => Response.json(person);
  expect(await (await get({ authorization: "Bearer x" })).json()).toEqual(person);
});

it.each([
  ["what is not JSON", () => new Response("<html>", { headers: { "content-type": "text/html" } }), 200],
  [
    "a broken error",
    () => new Response("{", { status: 500, headers: { "content-type": "application/json" } }),
    500,
  ],
])("hands on nothing of %s but its status", async (_, given, status) => {
  answer = given;
  const handed = await get({ authorization: "Bearer x" });
  expect([handed.status, await handed.text()]).toEqual([status, ""]);
});
