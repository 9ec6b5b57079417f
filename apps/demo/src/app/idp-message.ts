import type { SessionClaims } from "@sallyport/claims";
import { z } from "zod";
import type { Management } from "../management.ts";

const page = z.object({ items: z.array(z.object({ id: z.string() })) });
const record = z.object({ response: z.string().nullable() });

/**
 * What the IdP sent for this sign-in, from the gateway's login records: the verified assertion, or the upstream ID
 * token. A real app has no use for it; the demo shows it beside what became of it.
 */
export async function readIdpMessage(management: Management, identity: SessionClaims): Promise<string> {
  const path = `/organizations/${identity.org_id}/login-records`;
  const [found] = page.parse(await management.call("GET", `${path}?sessionId=${identity.sid}`)).items;
  if (found === undefined) {
    return "The gateway holds no record of this sign-in.";
  }
  const { response } = record.parse(await management.call("GET", `${path}/${found.id}`));
  return indent(response ?? "");
}

/** Breaks a message into lines for people: JSON by its structure, XML at its elements. */
function indent(message: string): string {
  if (!message.startsWith("<")) {
    try {
      return JSON.stringify(JSON.parse(message), null, 2);
    } catch {
      return message; // neither JSON nor XML: shown as it came
    }
  }
  let depth = 0;
  return message
    .replaceAll("><", ">\n<")
    .replace(/(<([\w:]+)[^<>]*>)\n<\/\2>/g, "$1</$2>") // an empty element stays in one piece
    .split("\n")
    .map((line) => {
      if (line.startsWith("</")) {
        depth -= 1;
      }
      const indented = "  ".repeat(Math.max(depth, 0)) + line;
      if (/^<[^/!?][^>]*[^/]>$/.test(line) || /^<\w+>$/.test(line)) {
        depth += 1;
      }
      return indented;
    })
    .join("\n");
}
