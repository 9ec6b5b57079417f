import { readFile } from "node:fs/promises";

/** A proxy that was not written here, before an application that answers with what it was sent, as JSON. */
export interface ReverseProxy {
  readonly port: number;
  stop(): Promise<void>;
}

/** What stands behind a proxy, by the port on 127.0.0.1. */
export interface Behind {
  readonly gatewayPort: number;
  readonly clientId: string;
  readonly applicationUrl: string;
}

const PAGE = new URL("../../../docs/forward-auth.md", import.meta.url);

/** The configuration that the documentation shows in a language, with `values` in place of what stands there. */
export async function documented(
  language: string,
  values: Readonly<Record<string, string>>,
): Promise<string> {
  const block = new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``);
  const [, shown] = block.exec(await readFile(PAGE, "utf8")) ?? [];
  if (shown === undefined) {
    throw new Error(`${PAGE.pathname} shows no configuration in ${language}`);
  }
  return Object.entries(values).reduce((text, [name, value]) => text.replaceAll(name, value), shown);
}
