import { catalogue, type RecordedEvent } from "@sallyport/events";
import { z } from "zod";
import { id, instant, text, timestamp } from "../../api/text.ts";

const MOST_WAIT_SECONDS = 30;
const MOST_TYPES = 50;
const RESOURCES = new Set(Object.keys(catalogue).map((type) => type.split(".")[0]));

/** Each is a type of the catalogue, or all of a resource's: "membership.*". */
const types = text(2_000)
  .transform((list, context) => {
    const named = list.split(",").map((name) => name.trim());
    const unknown = named.filter((name) => typesNamed(name).length === 0);
    if (named.length <= MOST_TYPES && unknown.length === 0) {
      return [...new Set(named.flatMap(typesNamed))];
    }
    context.addIssue(
      unknown.length > 0
        ? `${JSON.stringify(unknown[0])} is no type of events: see docs/events.md`
        : `Name at most ${MOST_TYPES} types`,
    );
    return z.NEVER;
  })
  .meta({
    description: 'Only these, separated by commas: "membership.suspended", or all as in "membership.*".',
  });

function typesNamed(name: string): string[] {
  const [resource, rest] = name.split(".*");
  return rest === "" && resource !== undefined && RESOURCES.has(resource)
    ? Object.keys(catalogue).filter((type) => type.startsWith(`${resource}.`))
    : Object.keys(catalogue).filter((type) => type === name);
}

const count = (least: number, most: number) => z.coerce.number<string>().pipe(z.int().min(least).max(most));

export const eventQuery = z.strictObject({
  cursor: text(200).exactOptional().meta({ description: "`nextCursor` of the answer before." }),
  since: instant.exactOptional().meta({
    description:
      "Without a cursor: begin here, or up to a minute earlier. Without either the feed begins with the oldest event that is kept.",
  }),
  types: types.exactOptional(),
  limit: count(1, 500)
    .default(100)
    .meta({
      description: "Most items of an answer.",
      override: { type: "integer", minimum: 1, maximum: 500 },
    }),
  wait: count(0, MOST_WAIT_SECONDS)
    .default(0)
    .meta({
      description: "Seconds to wait for an event where there is none yet.",
      override: { type: "integer", minimum: 0, maximum: MOST_WAIT_SECONDS },
    }),
});

export type EventQuery = z.output<typeof eventQuery>;

export const event = z
  .object({
    id,
    type: z.string(),
    organizationId: id.nullable().meta({ description: "Null for what belongs to no organization." }),
    sequence: z.int().meta({ description: "Counts the events of the organization, without a gap." }),
    occurredAt: timestamp,
    actor: z.object({ type: z.string(), id: z.string().exactOptional() }),
    resource: z.object({ type: z.string(), id: z.string() }),
    before: z.unknown().optional().meta({ description: "What was, of that which changed." }),
    after: z.unknown().optional().meta({ description: "What is now, of that which changed." }),
    data: z.unknown().optional().meta({ description: "What else there is to know." }),
    outcome: z.string(),
    requestId: z.string().exactOptional(),
    ip: z.string().exactOptional(),
  })
  .meta({ id: "Event" });

export const eventFeed = z
  .object({
    items: z.array(event),
    nextCursor: z.string().meta({ description: "Where to go on, now or whenever there is more." }),
    more: z.boolean().meta({
      description:
        "Whether to ask again at once. With `types` it may be true of an answer without items: others were passed over.",
    }),
  })
  .meta({ id: "EventFeed" });

export function eventView(recorded: RecordedEvent): z.input<typeof event> {
  const { sequence, occurredAt, ...rest } = recorded;
  if (sequence === null) {
    throw new Error("An event of the outbox has no sequence");
  }
  return { ...rest, sequence, occurredAt: occurredAt.toISOString() };
}
