import { type Answer, send, startScim, type TestDirectory, type TestScim } from "@sallyport/scim/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readClientCases, type Seen, type Step } from "./client-case.ts";

const cases = await readClientCases();
let scim: TestScim;

beforeAll(async () => {
  scim = await startScim();
});
afterAll(async () => {
  await scim.stop();
});

describe("what real SCIM clients send", () => {
  it("has cases of every provider that has quirks", () => {
    const providers = new Set(cases.map(([, { provider }]) => provider));
    expect([...providers].sort()).toEqual([
      "authentik",
      "cyberark",
      "entra",
      "generic",
      "google",
      "jumpcloud",
      "keycloak",
      "okta",
      "onelogin",
      "pingfederate",
      "pingone",
      "rippling",
      "sailpoint",
      "strict",
    ]);
  });

  it.each(cases)("%s", async (_name, { provider, given, steps }) => {
    const directory = await scim.addDirectory(provider);
    const ids = new Map<string, string>();
    for (const { as, endpoint, resource, times } of given) {
      for (let n = 1; n <= (times ?? 1); n += 1) {
        const { status, body } = await send(directory, "POST", `/${endpoint}`, fill(resource, ids, n));
        expect(status, JSON.stringify(body)).toBe(201);
        ids.set(times === undefined ? as : `${as}_${n}`, body.id);
      }
    }
    for (const step of steps) {
      await run(step, directory, ids);
    }
    expect(scim.errors).toEqual([]);
  });
});

async function run(step: Step, directory: TestDirectory, ids: Map<string, string>): Promise<void> {
  const { request, expect: expected } = step;
  const headers = request.contentType === undefined ? {} : { "content-type": request.contentType };
  const answers = await Promise.all(
    Array.from({ length: step.concurrently ?? 1 }, (_, index) => {
      const body = fill(request.body, ids, index + 1);
      return send(directory, request.method, fill(request.path, ids, index + 1), body, headers);
    }),
  );
  for (const answer of answers) {
    const told = `${request.method} ${request.path} answered ${answer.status}: ${JSON.stringify(answer.body)}`;
    expect([expected.status].flat(), told).toContain(answer.status);
    if (answer.status !== 204) {
      compare(answer, expected, ids, told);
    }
    for (const [name, path] of Object.entries(step.save ?? {})) {
      ids.set(name, answer.body[path]);
    }
  }
  if (expected.after === undefined) {
    return;
  }
  const path = fill(expected.after.path, ids, 1);
  const after = await send(directory, "GET", path);
  compare(
    after,
    expected.after,
    ids,
    `after ${request.method} ${request.path}, GET ${path}: ${JSON.stringify(after.body)}`,
  );
}

function compare(
  { body }: Answer,
  { body: expected, present, absent }: Seen,
  ids: Map<string, string>,
  told: string,
) {
  if (expected !== undefined) {
    expect(body, told).toMatchObject(fill(expected, ids, 1));
  }
  for (const name of present) {
    expect(Object.keys(body[name] ?? {}).length, `${name} in ${told}`).toBeGreaterThan(0);
  }
  for (const name of absent) {
    expect(Object.keys(body ?? {}), told).not.toContain(name);
  }
}

/** The same with `{n}` and the saved ids in place. */
function fill<Value>(value: Value, ids: Map<string, string>, n: number): Value {
  if (value === undefined) {
    return value;
  }
  const text = JSON.stringify(value)
    .replaceAll("{n}", String(n))
    .replace(/\{(\w+)\}/g, (whole, name: string) => ids.get(name) ?? whole);
  return JSON.parse(text);
}
