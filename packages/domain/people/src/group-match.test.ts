import { createTestDatabase, type TestDatabase } from "@sallyport/database/testing";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type GroupNaming, likeOf, names } from "./group-match.ts";

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.drop());

describe("names", () => {
  it.each<[GroupNaming["match"], string, string, boolean]>([
    ["exact", "app-*", "app-*", true],
    ["exact", "app-*", "app-x", false],
    ["prefix", "app-", "app-", true],
    ["prefix", "app-", "app-admins", true],
    ["prefix", "app-", "an-app-", false],
    ["prefix", "app*", "app-admins", false], // an asterisk is one, but in a pattern
    ["pattern", "app-*-admins", "app-eu-admins", true],
    ["pattern", "app-*-admins", "app--admins", true],
    ["pattern", "app-*-admins", "app-admins", false], // no character counts twice
    ["pattern", "*-admins", "app-eu-admins", true],
    ["pattern", "*eu*", "app-eu-admins", true],
    ["pattern", "a*b*c", "aXcXbXc", true],
    ["pattern", "a*b*c", "aXcXb", false],
    ["pattern", "a_c*", "abc", false],
    ["pattern", "100%*", "100 people", false],
    ["pattern", "a\\*", "a\\b", true],
  ])("%s %s: %s %s", (match, groupKey, group, expected) => {
    expect(names({ match, groupKey }, group)).toBe(expected);
  });

  it("is what LIKE says, whatever the names hold", () =>
    fc.assert(
      fc.asyncProperty(
        fc.constantFrom<GroupNaming["match"][]>("prefix", "pattern"),
        fc.string({
          unit: fc.constantFrom("a", "b", "*", "%", "_", "\\", "é", "'"),
          minLength: 1,
          maxLength: 6,
        }),
        fc.array(
          fc.string({ unit: fc.constantFrom("a", "b", "*", "%", "_", "\\", "é", "'"), maxLength: 8 }),
          {
            minLength: 20,
            maxLength: 20,
          },
        ),
        async (match, groupKey, groups) => {
          const { rows } = await test.database.sql.query<{ group: string; found: boolean }>(
            `SELECT "group", "group" LIKE $2 AS found FROM unnest($1::text[]) AS "group"`,
            [groups, likeOf({ match, groupKey })],
          );
          for (const { group, found } of rows) {
            expect([match, groupKey, group, names({ match, groupKey }, group)]).toEqual([
              match,
              groupKey,
              group,
              found,
            ]);
          }
        },
      ),
      { numRuns: 200 },
    ));

  it("takes no long time for the worst that a tenant can write", () => {
    const groupKey = `${"*a".repeat(8)}*b`;
    const start = process.cpuUsage();
    for (let count = 0; count < 100; count++) {
      expect(names({ match: "pattern", groupKey }, "a".repeat(10_000))).toBe(false);
    }
    expect(process.cpuUsage(start).user).toBeLessThan(500_000);
  });
});
