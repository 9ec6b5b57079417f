import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newId } from "./ids.ts";
import { isUniqueViolation, sqlOverPrisma } from "./sql.ts";
import { createTestDatabase, type TestDatabase } from "./testing/index.ts";

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.drop());

const INSERT =
  "INSERT INTO organizations (id, slug, name, updated_at) VALUES ($1::uuid, $2, $3, $4) RETURNING slug";

describe("sqlOverPrisma", () => {
  it("runs in the transaction that it was made of", async () => {
    const { prisma } = test.database;
    const undone = prisma.$transaction(async (tx) => {
      const { rows } = await sqlOverPrisma(tx).query(INSERT, [newId(), "undone", "Undone", new Date()]);
      expect(rows).toEqual([{ slug: "undone" }]);
      expect(await tx.organization.count({ where: { slug: "undone" } })).toBe(1);
      throw new Error("undo");
    });
    await expect(undone).rejects.toThrow("undo");
    expect(await prisma.organization.count({ where: { slug: "undone" } })).toBe(0);
  });

  it("takes lists, times and nulls as node-postgres does", async () => {
    const values = [[newId(), newId()], new Date("2030-01-01T00:00:00.123Z"), null];
    const statement = "SELECT cardinality($1::uuid[]) AS ids, $2::timestamptz AS at, $3::text AS nothing";
    const { rows } = await test.database.prisma.$transaction((tx) =>
      sqlOverPrisma(tx).query(statement, values),
    );
    expect(rows).toEqual((await test.database.sql.query(statement, values)).rows);
  });
});

describe("isUniqueViolation", () => {
  it("knows one by the driver and one through Prisma", async () => {
    const { prisma, sql } = test.database;
    const row = { slug: "twice", name: "Twice" };
    await prisma.organization.create({ data: { id: newId(), ...row } });
    const byPrisma = await prisma.organization
      .create({ data: { id: newId(), ...row } })
      .catch((error) => error);
    const byDriver = await sql.query(INSERT, [newId(), "twice", "Twice", new Date()]).catch((error) => error);
    const byRawQuery = await prisma
      .$transaction((tx) =>
        sqlOverPrisma(tx).query(
          "INSERT INTO organizations (id, slug, name, updated_at) VALUES ($1::uuid, $2, $3, now())",
          [newId(), "twice", "Twice"],
        ),
      )
      .catch((error) => error);
    expect([byPrisma, byDriver, byRawQuery].map((error) => isUniqueViolation(error))).toEqual([
      true,
      true,
      true,
    ]);
    expect(isUniqueViolation(new Error("other"))).toBe(false);
  });
});
