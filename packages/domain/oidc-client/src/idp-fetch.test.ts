import type { CustomFetch } from "openid-client";
import { beforeEach, expect, it } from "vitest";
import type { IdpAnswer } from "./answers.ts";
import { createIdpFetch } from "./idp-fetch.ts";

const USERINFO = "https://idp.example/userinfo";
let answer: () => Response;
let heard: [string, IdpAnswer][];
let idpFetch: CustomFetch;

beforeEach(() => {
  heard = [];
  idpFetch = createIdpFetch({
    outbound: { fetch: async () => answer(), close: async () => {} },
    parEndpoint: "https://idp.example/par",
    onAnswer: (...what) => void heard.push(what),
  });
});

const get = (headers: Record<string, string> = {}) =>
  idpFetch(USERINFO, { method: "GET", headers, body: undefined, redirect: "manual" });
const post = (url: string) =>
  idpFetch(url, { method: "POST", headers: {}, body: new URLSearchParams(), redirect: "manual" });

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

it("keeps of each answer what it is for, and lets it be heard with its status and challenge", async () => {
  const body = { access_token: "a", request_uri: "urn:r", expires_in: 1, error: "e", more: "x" };
  answer = () => Response.json(body, { status: 401, headers: { "www-authenticate": "Basic" } });
  expect(await (await post("https://idp.example/par")).json()).toEqual({
    request_uri: "urn:r",
    expires_in: 1,
    error: "e",
  });
  const token = await post("https://idp.example/token");
  expect(await token.json()).toEqual({ access_token: "a", expires_in: 1, error: "e" });
  // openid-client reads the body only where there is none.
  expect(token.headers.get("www-authenticate")).toBeNull();
  expect(heard.map(([purpose, { status, challenge }]) => [purpose, status, challenge])).toEqual([
    ["par", 401, "Basic"],
    ["token", 401, "Basic"],
  ]);
});

it("takes JSON behind a byte order mark", async () => {
  answer = () => new Response('\uFEFF{"sub":"jo"}', { headers: { "content-type": "application/json" } });
  expect(await (await get()).json()).toEqual({ sub: "jo" });
});
