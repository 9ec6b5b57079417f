import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";

const FOLDER = fileURLToPath(new URL("../../fixtures/scim/", import.meta.url));

const json = z.record(z.string(), z.unknown());
const seen = z.strictObject({
  body: json.optional(),
  present: z.array(z.string()).default([]),
  absent: z.array(z.string()).default([]),
});

/** fixtures/scim/README.md tells what each part means. */
const clientCase = z.strictObject({
  title: z.string().min(1),
  provider: z.string(),
  evidence: z.enum(["documented", "observed", "documented+observed", "inferred"]),
  source: z.string().min(1),
  note: z.string().optional(),
  given: z.array(
    z.strictObject({
      as: z.string(),
      endpoint: z.enum(["Users", "Groups"]),
      resource: json,
      times: z.int().min(1).optional(),
    }),
  ),
  steps: z
    .array(
      z.strictObject({
        note: z.string().optional(),
        request: z.strictObject({
          method: z.enum(["GET", "POST", "PUT", "PATCH", "DELETE"]),
          path: z.string().startsWith("/"),
          contentType: z.string().optional(),
          body: json.optional(),
        }),
        concurrently: z.int().min(2).optional(),
        expect: seen.extend({
          status: z.union([z.int(), z.array(z.int()).min(1)]),
          after: seen.extend({ path: z.string().startsWith("/") }).optional(),
        }),
        save: z.record(z.string(), z.string()).optional(),
      }),
    )
    .min(1),
});

export type ClientCase = z.infer<typeof clientCase>;
export type Step = ClientCase["steps"][number];
export type Seen = z.infer<typeof seen>;

/** Every case under fixtures/scim, by the name of its folder: "entra/manager". */
export async function readClientCases(): Promise<[name: string, ClientCase][]> {
  const files = await readdir(FOLDER, { recursive: true });
  const names = files.filter((file) => file.endsWith("case.json")).sort();
  return Promise.all(
    names.map(async (file): Promise<[string, ClientCase]> => {
      const parsed = clientCase.safeParse(JSON.parse(await readFile(join(FOLDER, file), "utf8")));
      if (!parsed.success) {
        throw new Error(`fixtures/scim/${file}: ${z.prettifyError(parsed.error)}`);
      }
      return [file.replace("/case.json", ""), parsed.data];
    }),
  );
}
