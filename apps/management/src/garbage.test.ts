import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { endpointsOf } from "./resources/index.ts";
import { DECLARED, startApi, type TestApi } from "./testing/api.ts";
import { sampleBodies } from "./testing/samples.ts";
import { createWorld, keyOf, type World } from "./testing/world.ts";

// Every answer is held against the document, which foresees no 5xx: an unexpected one fails the call itself.

const endpoints = endpointsOf({ signingKeys: DECLARED });
const RUNS = 40;

let api: TestApi;
let acme: World;
beforeAll(async () => {
  api = await startApi();
  acme = await createWorld(api, "acme");
});
afterAll(() => api.close());

const text = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom("", "\u0000", "\ud800", "__proto__", "constructor", "'; --", "%00", "9".repeat(400)),
);
const value = fc.oneof(fc.jsonValue(), text, fc.array(text, { maxLength: 3 }));

/** A sample of which some fields, its own or new ones, hold anything at all. */
function spoiled(sample: unknown): fc.Arbitrary<unknown> {
  const fields = z.record(z.string(), z.unknown()).safeParse(sample);
  if (!fields.success) {
    return fc.oneof(value, fc.array(value));
  }
  const key = fc.oneof(fc.constantFrom(...Object.keys(fields.data), "name"), text);
  const changes = fc.array(fc.tuple(key, value), { minLength: 1, maxLength: 3 });
  // `fromEntries` defines `__proto__` as a field of its own, as JSON.parse does.
  return changes.map((entries) => Object.fromEntries([...Object.entries(fields.data), ...entries]));
}

describe("garbage", () => {
  // First of all, before organizations of such names are made: "constructor" is a good slug.
  it("in a path is an unknown organization", async () => {
    await fc.assert(
      fc.asyncProperty(text, async (org) => {
        fc.pre(!["", ".", ".."].includes(org) && !/\p{Cs}/u.test(org));
        const reply = await api.call("getOrganization", { params: { org } });
        expect(reply.status).toBe(404);
      }),
      { numRuns: RUNS },
    );
  });

  it.each(endpoints.filter((endpoint) => endpoint.body !== undefined))(
    "in the body of $operationId is refused or taken, and never breaks anything",
    async ({ operationId }) => {
      const bodies = spoiled(sampleBodies("garbage")[operationId]);
      await fc.assert(
        fc.asyncProperty(bodies, async (body) => {
          const reply = await api.call(operationId, {
            params: { ...acme },
            body,
            ...keyOf(acme, operationId),
          });
          expect(reply.status).toBeLessThan(500);
        }),
        { numRuns: RUNS },
      );
    },
    60_000,
  );

  it.each(endpoints.filter((endpoint) => endpoint.method === "get"))(
    "in the query of $operationId is refused, and never breaks anything",
    async ({ operationId, query }) => {
      const names = query instanceof z.ZodObject ? Object.keys(query.shape) : [];
      const filters = fc.dictionary(fc.constantFrom(...names, "unknown"), text, { minKeys: 1 });
      await fc.assert(
        fc.asyncProperty(filters, async (filter) => {
          const reply = await api.call(operationId, {
            params: { ...acme },
            query: filter,
            ...keyOf(acme, operationId),
          });
          expect([200, 400, 404]).toContain(reply.status); // 404: a good slug of nobody, where a query names an organization
        }),
        { numRuns: RUNS },
      );
    },
    60_000,
  );
});
