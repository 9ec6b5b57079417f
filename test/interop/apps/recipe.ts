import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

const PAGES = new URL("../../../docs/apps/", import.meta.url);

/** The files that a page of docs/apps shows: its fenced blocks that have a name behind their language. */
export type Recipe = ReadonlyMap<string, string>;

/** What stands on the pages for what each installation has of its own. */
export interface Values {
  readonly "https://sso.example.com": string;
  readonly "https://app.example.com": string;
  /** An application behind a proxy. */
  readonly "http://127.0.0.1:3000": string;
  readonly CLIENT_ID: string;
  readonly CLIENT_SECRET: string;
}

/** @throws where the page shows no file */
export async function readRecipe(name: string, page = new URL(`${name}.md`, PAGES)): Promise<Recipe> {
  const text = await readFile(page, "utf8");
  const files = [...text.matchAll(/^```\w+ (\S+)\n([\s\S]*?)^```$/gm)];
  if (files.length === 0) {
    throw new Error(`${page.pathname} shows no file`);
  }
  return new Map(files.map(([, path = "", content = ""]) => [path, content]));
}

/** One file of a recipe, for these values. */
export function fileOf(recipe: Recipe, path: string, values: Partial<Values>): string {
  const content = recipe.get(path);
  if (content === undefined) {
    throw new Error(`The page shows no ${path}`);
  }
  return fill(content, values);
}

/** Writes a recipe's files into a folder. */
export async function writeRecipe(recipe: Recipe, folder: string, values: Partial<Values>): Promise<void> {
  for (const [path, content] of recipe) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), fill(content, values));
  }
}

function fill(text: string, values: Partial<Values>): string {
  // Whole words: no setting whose own name ends so.
  const places = new RegExp(`(?<!\\w)(?:${Object.keys(values).join("|")})(?!\\w)`, "g");
  return text.replace(places, (name) => Object.entries(values).find(([key]) => key === name)?.[1] ?? name);
}
