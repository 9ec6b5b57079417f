import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { type ClientCase, readClientCases } from "../scim/client-case.ts";

const SAML = fileURLToPath(new URL("../../fixtures/saml/", import.meta.url));

const samlCase = z.looseObject({
  source: z.union([z.string(), z.array(z.string())]),
  note: z.string(),
});

/** The text of docs/compatibility.md: what clients and IdPs send, and what is answered, as the fixtures have it. */
export async function compatibilityMarkdown(): Promise<string> {
  return `# Compatibility

What real SCIM clients and identity providers send, and what they are answered. Generated from \`fixtures/\` by
\`npm run docs:compatibility\`; every row is run by a test.

## SCIM clients

A directory's \`provider\` chooses what is tolerated. \`generic\`, the default, takes what can have only one meaning;
\`strict\` meets the RFCs as they stand.

| provider | what it does | what is sent, and answered | known from |
|---|---|---|---|
${(await scimRows()).join("\n")}

## SAML identity providers

| IdP | what is particular | known from |
|---|---|---|
${(await samlRows()).join("\n")}
`;
}

async function scimRows(): Promise<string[]> {
  const cases = await readClientCases();
  return cases.map(([, { provider, title, steps, evidence, source }]) =>
    row(provider, title, steps.map(exchangeOf).join("; "), `${evidence}: ${source}`),
  );
}

function exchangeOf({ request, expect, note }: ClientCase["steps"][number]): string {
  const exchange = `\`${request.method} ${request.path}\` → ${[expect.status].flat().join(" or ")}`;
  return note === undefined ? exchange : `${exchange} (${note})`;
}

async function samlRows(): Promise<string[]> {
  const folders = await readdir(SAML, { withFileTypes: true });
  const names = folders.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const rows: string[] = [];
  for (const name of names.sort()) {
    const text = await readFile(`${SAML}${name}/case.json`, "utf8").catch(() => undefined);
    if (text !== undefined) {
      const { note, source } = samlCase.parse(JSON.parse(text));
      rows.push(row(name, note, [source].flat().join(", ")));
    }
  }
  return rows;
}

function row(...cells: string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|").replaceAll("\n", " ")).join(" | ")} |`;
}
