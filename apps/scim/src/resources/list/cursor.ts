import { createHash } from "node:crypto";
import { isId } from "@sallyport/database";
import { z } from "zod";
import { badRequest } from "../../protocol/error.ts";
import type { ListQuery } from "../../protocol/list-query.ts";

/**
 * Where a list continues (RFC 9865): behind the row of this creation time and id, or, when sorted, behind so many
 * rows. It carries no secret and no tenant (the token chooses that), so it need not be signed.
 */
export type Cursor =
  | { readonly after: readonly [createdAt: Date, id: string]; readonly skip: undefined }
  | { readonly after: undefined; readonly skip: number };

const content = z.tuple([
  z.string(),
  z.union([
    z
      .int()
      .min(0)
      .max(2 ** 31),
    z.tuple([z.int().min(0).max(8.64e15), z.string().refine(isId)]),
  ]),
]);

/** The cursor as text. It holds for the same filter and order only. */
export function writeCursor(query: ListQuery, cursor: Cursor): string {
  const position = cursor.after === undefined ? cursor.skip : [cursor.after[0].getTime(), cursor.after[1]];
  return Buffer.from(JSON.stringify([fingerprint(query), position])).toString("base64url");
}

/** Reads a cursor: 400 invalidCursor when it is not one of ours, or belongs to another query. */
export function readCursor(query: ListQuery, text: string): Cursor {
  const parsed = content.safeParse(decode(text));
  if (!parsed.success || parsed.data[0] !== fingerprint(query)) {
    throw badRequest(
      "invalidCursor",
      "The cursor is not one that this query returned. Start again with an empty cursor.",
    );
  }
  const position = parsed.data[1];
  return typeof position === "number"
    ? { after: undefined, skip: position }
    : { after: [new Date(position[0]), position[1]], skip: undefined };
}

function decode(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, "base64url").toString("utf8"));
  } catch {
    return undefined; // refused by the schema, like all that is not a cursor
  }
}

function fingerprint({ filter, sortBy, descending }: ListQuery): string {
  const text = JSON.stringify([filter ?? null, sortBy ?? null, descending]);
  return createHash("sha256").update(text).digest("base64url").slice(0, 11);
}
