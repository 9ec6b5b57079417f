const NAMES = [
  "filter",
  "sortBy",
  "sortOrder",
  "startIndex",
  "count",
  "cursor",
  "attributes",
  "excludedAttributes",
] as const;
const BY_LOWER_CASE: ReadonlyMap<string, string> = new Map(NAMES.map((name) => [name.toLowerCase(), name]));

/**
 * The parameters of a query under RFC 7644's names, in whatever case they were sent: a `Filter` that was not seen would
 * answer with everybody. Blank ones count as absent, except the cursor: RFC 9865 §2 asks for the first page by an empty one.
 * @param text what stands behind the `?`
 */
export function parseQuery(text: string): URLSearchParams {
  const query = new URLSearchParams();
  for (const [sent, value] of new URLSearchParams(text)) {
    const name = BY_LOWER_CASE.get(sent.toLowerCase()) ?? sent;
    if (name === "cursor" || value.trim() !== "") {
      query.append(name, value);
    }
  }
  return query;
}
