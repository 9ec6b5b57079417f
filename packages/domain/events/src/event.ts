import { defined } from "@sallyport/defined";
import { z } from "zod";
import type { Fact } from "./catalogue/fact.ts";
import { type Catalogue, catalogue, type EventType } from "./catalogue/index.ts";

/** The actor: an API key or directory by id, a user by `sub`, or the gateway itself (a job, an unauthenticated request). */
export type Actor =
  | { readonly type: "apiKey" | "directory" | "setupLink" | "user"; readonly id: string }
  | { readonly type: "operator" | "system" };

/** Whose act it was, and by which request. */
export interface Origin {
  readonly actor: Actor;
  readonly requestId?: string;
  readonly ip?: string;
}

type Part<Of, Name extends "before" | "after" | "data"> = Of extends {
  readonly [Key in Name]: infer Schema extends z.ZodType;
}
  ? { readonly [Key in Name]: z.input<Schema> }
  : { readonly [Key in Name]?: never };

/** An event before it is known who acted: what happened to which resource. */
export type EventDraft<Type extends EventType = EventType> = {
  [Each in Type]: {
    /** Null for what belongs to no organization. */
    readonly organizationId: string | null;
    readonly type: Each;
    readonly resource: { readonly type: Catalogue[Each]["resource"]; readonly id: string };
  } & Part<Catalogue[Each], "before"> &
    Part<Catalogue[Each], "after"> &
    Part<Catalogue[Each], "data">;
}[Type];

/** One fact, as it is recorded. Its outcome is that of its type. */
export type Event<Type extends EventType = EventType> = EventDraft<Type> & Origin;

/** One fact, as it was recorded. */
export type RecordedEvent<Type extends EventType = EventType> = Event<Type> & {
  readonly id: string;
  /**
   * Counts the events of the organization from 1, without a gap, in the order in which they happened. Given shortly after
   * the commit: null until then.
   */
  readonly sequence: number | null;
  readonly occurredAt: Date;
  readonly outcome: Outcome;
};

export type Outcome = "success" | "failure" | "denied";

export function outcomeOf(type: EventType): Outcome {
  const fact: Fact = catalogue[type];
  return fact.outcome ?? "success";
}

const actor = z.union([
  z.strictObject({ type: z.enum(["apiKey", "directory", "setupLink", "user"]), id: z.string() }),
  z.strictObject({ type: z.enum(["operator", "system"]) }),
]);

function schemaOf([type, fact]: [string, Fact & { readonly resource: string }]) {
  const { before, after, data } = fact;
  return z.strictObject({
    id: z.guid(),
    type: z.literal(type),
    organizationId: z.guid().nullable(),
    sequence: z.int().positive().nullable(),
    occurredAt: z.date(),
    actor,
    resource: z.strictObject({ type: z.literal(fact.resource), id: z.string() }),
    ...defined({ before, after, data }),
    outcome: z.literal(fact.outcome ?? "success"),
    requestId: z.string().optional(),
    ip: z.string().optional(),
  });
}

const [first, ...others] = Object.entries(catalogue).map(schemaOf);
if (first === undefined) {
  throw new Error("The catalogue of events is empty");
}

/** Any event of the catalogue, as it is read: strict, so that what its type does not promise is refused. */
export const recordedEvent = z.discriminatedUnion("type", [first, ...others]) as z.ZodType<RecordedEvent>;
