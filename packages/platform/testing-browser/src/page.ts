import type { Answer } from "./http.ts";

/** What a browser was answered. */
export class Page {
  readonly url: string;
  readonly status: number;
  readonly body: string;
  /** Absolute; empty where the answer is no redirect. */
  readonly location: string;
  readonly #headers: Answer["headers"];

  constructor(url: string, answer: Answer) {
    this.url = url;
    this.status = answer.status;
    this.body = answer.body;
    this.location = answer.location === undefined ? "" : new URL(answer.location, url).href;
    this.#headers = answer.headers;
  }

  get headers(): Headers {
    const pairs = Object.entries(this.#headers).flatMap(([name, values = []]) =>
      [values].flat().map((value): [string, string] => [name, value]),
    );
    return new Headers(pairs);
  }

  /** Its first form; null where it has none. */
  get form(): Form | null {
    return readForm(this.body, this.url);
  }
}

export interface Form {
  /** Absolute. */
  readonly action: string;
  readonly fields: Record<string, string>;
}

/** The first form of a page. Throws where it has none. */
export function formOf(page: Page): Form {
  if (page.form === null) {
    throw new Error(`no form on ${page.url}: ${page.body.slice(0, 300)}`);
  }
  return page.form;
}

function readForm(markup: string, base: string): Form | null {
  const [, action, content] = /<form[^>]*\saction="([^"]*)"[^>]*>([\s\S]*?)<\/form>/.exec(markup) ?? [];
  if (action === undefined || content === undefined) {
    return null;
  }
  const fields: Record<string, string> = {};
  for (const [tag] of content.matchAll(/<input[^>]*>/g)) {
    const name = /\sname="([^"]*)"/.exec(tag)?.[1];
    if (name !== undefined) {
      fields[unescapeHtml(name)] = unescapeHtml(/\svalue="([^"]*)"/.exec(tag)?.[1] ?? "");
    }
  }
  return { action: new URL(unescapeHtml(action), base).href, fields };
}

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };

function unescapeHtml(text: string): string {
  return text.replace(/&(amp|lt|gt|quot|#39);/g, (entity, name: string) => ENTITIES[name] ?? entity);
}
