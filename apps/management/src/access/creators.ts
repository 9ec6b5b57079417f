import { administratorsAmong } from "@sallyport/console-access";
import type { Sql } from "@sallyport/database";
import { z } from "zod";
import { id } from "../api/text.ts";
import type { Caller } from "./caller.ts";

/** Who made something that lets others in, as its row keeps it: a person, or null where a key did. */
export function creatorOf(caller: Caller): string | null {
  return caller.type === "person" ? caller.userId : null;
}

export const creatorFields = {
  createdBy: id.nullable().meta({ description: "The user who made it in the console; null: a key did." }),
  creatorLeft: z.boolean().meta({
    description: "Whoever made it administers nothing any more: they lost their role, or have left.",
  }),
};

/** Which of the rows were made by somebody who administers nothing any more. */
export async function leftByCreators(
  sql: Sql,
  rows: readonly { readonly createdBy: string | null }[],
): Promise<(row: { readonly createdBy: string | null }) => boolean> {
  const people = rows.flatMap(({ createdBy }) => createdBy ?? []);
  const administrators = await administratorsAmong(sql, [...new Set(people)]);
  return ({ createdBy }) => createdBy !== null && !administrators.has(createdBy);
}
