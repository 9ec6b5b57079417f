import { isId } from "@sallyport/database";
import { z } from "zod";
import { isStorable } from "./text.ts";

/** Where a page ended: rows are ordered by these two, so that no insert or delete shifts the pages after it. */
export interface Position {
  readonly createdAt: Date;
  readonly id: string;
}

/** Where a page ended, as it was given out. */
export const cursor = z
  .string()
  .max(200)
  .transform((value, context): Position => {
    const position = decodeCursor(value);
    if (position !== null) {
      return position;
    }
    context.addIssue("Is not a cursor of this API: pass on `nextCursor` as it was given");
    return z.NEVER;
  });

/** The query of every list. */
export const pageQuery = z.strictObject({
  cursor: cursor.exactOptional().meta({ description: "`nextCursor` of the page before." }),
  limit: z.coerce
    .number<string>()
    .pipe(z.int().min(1).max(200))
    .default(50)
    .meta({
      description: "Most items on the page.",
      override: { type: "integer", minimum: 1, maximum: 200 },
    }),
});

export type PageQuery = z.output<typeof pageQuery>;

/** One page of `item`. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({
    items: z.array(item),
    nextCursor: z.string().nullable().meta({ description: "Where the next page starts; null on the last." }),
  });
}

/** Oldest first for what people keep, newest first for what happened. */
export type Order = "asc" | "desc";

/** The page as arguments of Prisma's `findMany`: one row more than asked for tells whether another page follows. */
export function pageArguments(page: PageQuery, order: Order) {
  const orderBy = [{ createdAt: order }, { id: order }];
  return { orderBy, take: page.limit + 1, where: afterCursor(page.cursor, order) };
}

function afterCursor(position: Position | undefined, order: Order) {
  if (position === undefined) {
    return {};
  }
  const { createdAt, id } = position;
  // The first condition follows from the second: it lets PostgreSQL enter the index at the right place.
  return order === "asc"
    ? { createdAt: { gte: createdAt }, OR: [{ createdAt: { gt: createdAt } }, { id: { gt: id } }] }
    : { createdAt: { lte: createdAt }, OR: [{ createdAt: { lt: createdAt } }, { id: { lt: id } }] };
}

/** Cuts the extra row off and turns the rest into what the API shows. */
export function toPage<Row extends Position, Item>(
  rows: readonly Row[],
  page: PageQuery,
  view: (row: Row) => Item,
): { items: Item[]; nextCursor: string | null } {
  const shown = rows.slice(0, page.limit);
  const last = shown.at(-1);
  return {
    items: shown.map(view),
    nextCursor: rows.length > page.limit && last !== undefined ? encodeCursor(last) : null,
  };
}

export function encodeCursor(position: Position): string {
  return Buffer.from(`${position.createdAt.toISOString()} ${position.id}`).toString("base64url");
}

function decodeCursor(text: string): Position | null {
  const [time, id, ...rest] = Buffer.from(text, "base64url").toString("utf8").split(" ");
  if (time === undefined || id === undefined || rest.length > 0 || !isId(id)) {
    return null;
  }
  if (!z.iso.datetime({ precision: 3 }).safeParse(time).success) {
    return null;
  }
  const createdAt = new Date(time);
  return isStorable(createdAt) ? { createdAt, id } : null;
}
