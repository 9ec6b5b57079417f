import type { Domain } from "@sallyport/database";

/** The TXT records of a name, as `dns.promises.resolveTxt` gives them. */
export type ResolveTxt = (name: string) => Promise<string[][]>;

/** What the DNS says of a domain's record. `found`: the records that are there in its place. */
export type Answer =
  | { readonly is: "shown" }
  | { readonly is: "missing"; readonly found: readonly string[] }
  | { readonly is: "unavailable"; readonly code: string; readonly cause: unknown };

const NO_RECORD = new Set(["ENODATA", "ENOTFOUND"]);

/** The record that proves a domain. Its name is one below the domain, where nothing else is looked for. */
export function challengeRecord({ name, challenge }: Pick<Domain, "name" | "challenge">) {
  return {
    type: "TXT" as const,
    name: `_sallyport-challenge.${name}`,
    value: `sallyport-domain-verification=${challenge}`,
  };
}

/** Looks for a domain's record. Never throws for what the DNS answers, or does not. */
export async function lookForRecord(
  resolveTxt: ResolveTxt,
  domain: Pick<Domain, "name" | "challenge">,
): Promise<Answer> {
  const record = challengeRecord(domain);
  try {
    // One record may be sent in several strings (RFC 7208, section 3.3).
    const found = (await resolveTxt(record.name)).map((strings) => strings.join("").trim());
    return found.includes(record.value) ? { is: "shown" } : { is: "missing", found };
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    return NO_RECORD.has(code)
      ? { is: "missing", found: [] }
      : { is: "unavailable", code: code || "no answer", cause: error };
  }
}
