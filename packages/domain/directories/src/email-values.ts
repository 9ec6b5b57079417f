/** The values of a SCIM user's `emails`, whatever else it holds. */
export function emailValues(emails: unknown): string[] {
  if (!Array.isArray(emails)) {
    return [];
  }
  return emails.flatMap((email: unknown) =>
    typeof email === "object" && email !== null && "value" in email && typeof email.value === "string"
      ? [email.value]
      : [],
  );
}
