/** Markup that is safe to send: only `html` and `raw` make it. */
export class Html {
  readonly #markup: string;

  constructor(markup: string) {
    this.#markup = markup;
  }

  toString(): string {
    return this.#markup;
  }
}

/** What may stand in a template: text is escaped, `Html` is taken as it is, lists are joined, absent values vanish. */
export type HtmlValue = string | number | Html | null | undefined | false | readonly HtmlValue[];

/** A template whose values are escaped, in text and in quoted attributes alike. */
export function html(parts: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  let markup = parts[0] ?? "";
  values.forEach((value, index) => {
    markup += render(value) + (parts[index + 1] ?? "");
  });
  return new Html(markup);
}

/** Takes markup as it is. Only for text that this program wrote itself. */
export function raw(markup: string): Html {
  return new Html(markup);
}

function render(value: HtmlValue): string {
  if (value === null || value === undefined || value === false) {
    return "";
  }
  if (value instanceof Html) {
    return value.toString();
  }
  if (typeof value === "object") {
    return value.map(render).join("");
  }
  return escapeText(String(value));
}

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escapeText(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? character);
}
