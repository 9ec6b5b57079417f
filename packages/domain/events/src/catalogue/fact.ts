import { z } from "zod";

/** What an event of one type says, beside what all of them say. */
export interface Fact {
  /** One sentence for docs/events.md. */
  readonly says: string;
  /** What was, and what is, of that which changed: ids, keys and names, never a secret. */
  readonly before?: z.ZodObject;
  readonly after?: z.ZodObject;
  /** What else a reader needs. */
  readonly data?: z.ZodObject;
  /** Without, a success. */
  readonly outcome?: "failure" | "denied";
}

/** The facts about one kind of resource: their types are `<prefix>.<name>`. */
export function facts<
  const Prefix extends string,
  const Resource extends string,
  const Facts extends Readonly<Record<string, Fact>>,
>(
  prefix: Prefix,
  resource: Resource,
  named: Facts,
): {
  readonly [Name in keyof Facts & string as `${Prefix}.${Name}`]: Facts[Name] & {
    readonly resource: Resource;
  };
} {
  const entries = Object.entries(named).map(([name, fact]) => [`${prefix}.${name}`, { ...fact, resource }]);
  return Object.fromEntries(entries);
}

export const id = z.guid();
export const count = z.int().nonnegative();
export const text = z.string();
export const nullable = text.nullable();
export const list = z.array(text).readonly();
export const time = z.iso.datetime();

/** Some of the fields: those that changed. */
export function changed<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  return z.strictObject(shape).partial();
}
