import { escapeXml } from "@sallyport/saml/testing";

/** A field of a product's console: a text, one of several choices (the product's default first), or a tick. */
export type ConsoleField =
  | { readonly is: "text"; readonly value?: string }
  | { readonly is: "choice"; readonly options: readonly string[] }
  | { readonly is: "tick" };

/** What the product shows, by its own words: text, or a file to download. */
export type Shown = Readonly<Record<string, string | { readonly download: string }>>;

/** A page of a product's console: its fields, and, once it is saved, what it shows. */
export function consolePage(fields: Readonly<Record<string, ConsoleField>>, shown: Shown | null): string {
  const inputs = Object.entries(fields).map(([name, field]) => input(escapeXml(name), field));
  const values = Object.entries(shown ?? {}).map(([name, value]) =>
    typeof value === "string"
      ? `<dt>${escapeXml(name)}</dt><dd>${escapeXml(value)}</dd>`
      : `<dt>${escapeXml(name)}</dt><dd><a href="${escapeXml(value.download)}">${escapeXml(name)}</a></dd>`,
  );
  return `<!doctype html><title>Console</title><form method="post">${inputs.join("")}<button>Save</button></form><dl>${values.join("")}</dl>`;
}

function input(name: string, field: ConsoleField): string {
  switch (field.is) {
    case "text":
      return `<p><label>${name}<input aria-label="${name}" name="${name}" value="${escapeXml(field.value ?? "")}"></label>`;
    case "tick":
      return `<p><label><input type="checkbox" aria-label="${name}" name="${name}">${name}</label>`;
    case "choice": {
      const options = field.options.map((option) => `<option>${escapeXml(option)}</option>`);
      return `<p><label>${name}<select aria-label="${name}" name="${name}">${options.join("")}</select></label>`;
    }
  }
}
