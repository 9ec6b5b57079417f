import { afterAll, beforeAll, expect, it } from "vitest";
import { newId } from "./ids.ts";
import { asMembersOfWith } from "./statement.ts";
import { createTestDatabase, type TestDatabase } from "./testing/index.ts";

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.drop());

it("runs several statements as one, each with its own parameters", async () => {
  const insert = (slug: string) => ({
    text: "INSERT INTO organizations (id, slug, name, updated_at) VALUES ($1, $2, upper($2), $3) RETURNING slug",
    values: [newId(), slug, new Date()],
  });
  const { text, values } = asMembersOfWith({ first: insert("acme"), second: insert("bravo") }, 1);
  const { rows } = await test.database.sql.query(
    `WITH ${text} SELECT $1::text AS said, first.slug FROM first`,
    ["hello", ...values],
  );
  expect(rows).toEqual([{ said: "hello", slug: "acme" }]);
  const stored = await test.database.prisma.organization.findMany({ orderBy: { slug: "asc" } });
  expect(stored.map(({ slug, name }) => [slug, name])).toEqual([
    ["acme", "ACME"],
    ["bravo", "BRAVO"],
  ]);
});
