import { escapeXml } from "@sallyport/saml/testing";

/** A field of a product's console: a text, one of several choices (the product's default first), or a tick. */
export type ConsoleField =
  | { readonly is: "text" }
  | { readonly is: "choice"; readonly options: readonly string[] }
  | { readonly is: "tick" };

/** What stands in the fields: a tick that is set is `on`, one that is not is absent. */
export type Typed = Readonly<Record<string, string>>;

/** What the product shows, by its own words: text, or a file to download. */
export type Shown = Readonly<Record<string, string | { readonly download: string }>>;

/** A page of a product's console: its fields as they were saved, and, once they were, what it shows. */
export function consolePage(
  fields: Readonly<Record<string, ConsoleField>>,
  typed: Typed | null,
  shown: Shown,
): string {
  const inputs = Object.entries(fields).map(([name, field]) =>
    input(escapeXml(name), field, typed?.[name] ?? ""),
  );
  const values = Object.entries(typed === null ? {} : shown).map(
    ([name, value]) => `<dt>${escapeXml(name)}</dt><dd>${shownValue(name, value)}</dd>`,
  );
  return `<!doctype html><title>Console</title><form method="post">${inputs.join("")}<button>Save</button></form><dl>${values.join("")}</dl>`;
}

function input(name: string, field: ConsoleField, value: string): string {
  switch (field.is) {
    case "text":
      return `<p><label>${name}<input aria-label="${name}" name="${name}" value="${escapeXml(value)}"></label>`;
    case "tick":
      return `<p><label><input type="checkbox" aria-label="${name}" name="${name}"${value === "on" ? " checked" : ""}>${name}</label>`;
    case "choice": {
      const options = field.options.map(
        (option) => `<option${option === value ? " selected" : ""}>${escapeXml(option)}</option>`,
      );
      return `<p><label>${name}<select aria-label="${name}" name="${name}">${options.join("")}</select></label>`;
    }
  }
}

function shownValue(name: string, value: Shown[string]): string {
  return typeof value === "string"
    ? escapeXml(value)
    : `<a href="${escapeXml(value.download)}">${escapeXml(name)}</a>`;
}
