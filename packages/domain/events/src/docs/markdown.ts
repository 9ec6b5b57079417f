import type { z } from "zod";
import type { Fact } from "../catalogue/fact.ts";
import { catalogue } from "../catalogue/index.ts";

const HEAD = `# Events

<!-- Generated from packages/domain/events/src/catalogue by \`npm run docs:events\`. -->

Every change of state leaves its event in the same transaction. This is the whole catalogue: the audit trail
(\`GET /api/v1/organizations/{org}/audit-events\`) shows what was recorded of it, and
\`GET /api/v1/organizations/{org}/events\` follows it: in order, by a sequence without gaps, for 30 days.
\`GET /api/v1/events\` follows all organizations'.

An event says \`type\`, \`organizationId\` (null for what belongs to none), \`sequence\`, \`occurredAt\`, \`actor\`,
\`resource\`, \`outcome\`, and where there is one, \`requestId\` and \`ip\`; beside that, by its type, \`before\` and
\`after\` of what changed, and \`data\`: what else there is to know. Fields with a question mark are there only when they
changed or are known. Secrets are in none of them.

What goes with the end of something larger has no event of its own: a deleted organization, directory, connection or role
takes with it what was its own, but each session that ends is told.
`;

/** docs/events.md. */
export function eventsMarkdown(): string {
  const kinds = new Map<string, string[]>();
  for (const [type, fact] of Object.entries<Fact & { resource: string }>(catalogue)) {
    kinds.set(fact.resource, [...(kinds.get(fact.resource) ?? []), section(type, fact)]);
  }
  const chapters = [...kinds].map(([resource, sections]) => `## ${resource}\n\n${sections.join("\n")}`);
  return `${HEAD}\n${chapters.join("\n")}`;
}

function section(type: string, { says, before, after, data, outcome }: Fact): string {
  const parts = Object.entries({ before, after, data }).flatMap(([name, part]) =>
    part === undefined ? [] : [`- \`${name}\`: ${fieldsOf(part)}`],
  );
  const lines = [...(outcome === undefined ? [] : [`- outcome: ${outcome}`]), ...parts];
  return `### \`${type}\`\n\n${says}\n${lines.length === 0 ? "" : `\n${lines.join("\n")}\n`}`;
}

function fieldsOf({ shape }: z.ZodObject): string {
  return Object.entries(shape)
    .map(([name, schema]) => `\`${name}${isOptional(schema) ? "?" : ""}\``)
    .join(", ");
}

function isOptional(schema: z.core.$ZodType): boolean {
  return schema._zod.optin === "optional";
}
