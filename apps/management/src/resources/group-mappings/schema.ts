import { groupKey } from "@sallyport/roles";
import { z } from "zod";
import { roleKey, text } from "../../api/text.ts";

const groupName = text(256).meta({ description: "A group's display name, in any case." });

export const groupMappings = z
  .array(z.strictObject({ group: groupName, role: roleKey }))
  .max(1000)
  .superRefine((mappings, context) => {
    const seen = new Set<string>();
    for (const [index, { group, role }] of mappings.entries()) {
      const pair = JSON.stringify([groupKey(group), role]);
      if (seen.has(pair)) {
        context.addIssue({ code: "custom", path: [index], message: "Repeats a mapping above" });
      }
      seen.add(pair);
    }
  })
  .meta({ id: "GroupMappings" });

export const groupMapping = z
  .object({ group: z.string(), role: z.string().meta({ description: "The role's key." }) })
  .meta({ id: "GroupMapping" });
