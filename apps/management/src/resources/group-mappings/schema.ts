import { identityOf } from "@sallyport/roles";
import { z } from "zod";
import { id, roleKey, text } from "../../api/text.ts";

const MOST = 1000;
/** Each of these is compared with every group that members are in. */
const MOST_PATTERNS = 100;
const MOST_ASTERISKS = 8;

const match = z.enum(["exact", "prefix", "pattern"]);

const naming = {
  group: text(256).meta({
    description: "A group's display name, how it begins, or a pattern: as `match` says, in any case.",
  }),
  match: match.exactOptional().meta({
    description:
      "`exact`: groups of this name. `prefix`: groups whose names begin with it. `pattern`: each `*` matches any number of characters, as in `app-*-admins`. Without: `exact`.",
  }),
  directory: id.exactOptional().meta({
    description:
      "The id of the only directory whose groups count. Without: those of all, and those that identity providers assert at sign-in.",
  }),
};

function refusePattern(
  { group, match }: { readonly group: string; readonly match?: "exact" | "prefix" | "pattern" },
  context: z.RefinementCtx,
): void {
  const refuse = (message: string) => context.addIssue({ code: "custom", path: ["group"], message });
  if (match !== "pattern") {
    return;
  }
  const asterisks = group.split("*").length - 1;
  if (asterisks === 0) {
    refuse("Has no `*`: leave out `match` to name one group");
  } else if (asterisks > MOST_ASTERISKS) {
    refuse(`Has more than ${MOST_ASTERISKS} times \`*\``);
  } else if (/^\*+$/.test(group)) {
    refuse("Names every group: set the organization's default role instead");
  }
}

const newGroupMapping = z.strictObject({ ...naming, role: roleKey }).superRefine(refusePattern);

export const namedGroupsQuery = z.strictObject(naming).superRefine(refusePattern);

export const namedGroups = z
  .object({
    count: z.int().meta({ description: "How many groups of directories are named so now." }),
    items: z.array(z.object({ name: z.string(), directory: id })).meta({
      description: "The first of them, by name.",
    }),
  })
  .meta({ id: "NamedGroups" });

export const groupMappings = z
  .array(newGroupMapping)
  .max(MOST)
  .superRefine((mappings, context) => {
    const patterns = mappings.filter(({ match = "exact" }) => match !== "exact");
    if (patterns.length > MOST_PATTERNS) {
      const message = `Has more than ${MOST_PATTERNS} mappings by prefix or pattern`;
      context.addIssue({ code: "custom", path: [], message });
    }
    const seen = new Set<string>();
    for (const [index, mapping] of mappings.entries()) {
      const identity = identityOf(mapping);
      if (seen.has(identity)) {
        context.addIssue({ code: "custom", path: [index], message: "Repeats a mapping above" });
      }
      seen.add(identity);
    }
  })
  .meta({ id: "GroupMappings" });

export const groupMapping = z
  .object({
    group: z.string(),
    role: z.string().meta({ description: "The role's key." }),
    match: match.exactOptional().meta({ description: "Without: `exact`." }),
    directory: id.exactOptional().meta({ description: "The only directory whose groups count." }),
  })
  .meta({ id: "GroupMapping" });
