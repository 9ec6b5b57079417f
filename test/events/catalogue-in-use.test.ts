import { readdir, readFile } from "node:fs/promises";
import { join, sep } from "node:path";
import { catalogue } from "@sallyport/events";
import { beforeAll, expect, it } from "vitest";

// The catalogue is closed at both ends: what is in it is recorded by something, and what is recorded is in it. That an
// event is what the catalogue says is tested where it is recorded: of the management API in apps/management/src/operations,
// of SCIM in apps/scim/src/events, of sign-ins in apps/sign-in/src/core/events.

const ROOT = join(import.meta.dirname, "../..");
const CATALOGUE = join("packages", "domain", "events", "src", "catalogue");

interface Source {
  readonly path: string;
  readonly text: string;
}
let code: Source[];
let tests: Source[];

beforeAll(async () => {
  const folders = ["apps", "packages", "test"].map((folder) => sourcesIn(folder));
  const sources = (await Promise.all(folders)).flat();
  const isTest = ({ path }: Source) => /\.test\.ts$|[/\\]testing[/\\]|^test[/\\]/.test(path);
  tests = sources.filter(isTest);
  code = sources.filter((source) => !isTest(source) && !source.path.startsWith(CATALOGUE));
});

async function sourcesIn(folder: string): Promise<Source[]> {
  const names = await readdir(join(ROOT, folder), { recursive: true });
  const paths = names
    .filter((name) => name.endsWith(".ts") && !/(^|[/\\])(node_modules|dist|generated)[/\\]/.test(name))
    .map((name) => join(folder, name));
  return Promise.all(paths.map(async (path) => ({ path, text: await readFile(join(ROOT, path), "utf8") })));
}

const naming = (sources: readonly Source[], type: string) =>
  sources.filter(({ text }) => new RegExp(`["'\`]${type}["'\`]`).test(text)).map(({ path }) => path);

it.each(Object.keys(catalogue))("%s is recorded by something", (type) => {
  expect(naming(code, type)).not.toEqual([]);
});

// Left by an administrator who links the two of a conflict (packages/domain/people/src/conflicts).
const OF_LINKING = ["user.deleted", "identity.moved"];

it.each(Object.keys(catalogue).filter((type) => !OF_LINKING.includes(type)))(
  "%s is expected by a test",
  (type) => {
    expect(naming(tests, type)).not.toEqual([]);
  },
);

it("has one writer of the table: no other package inserts into it or changes it", () => {
  const writes = /\b(INSERT INTO|UPDATE|DELETE FROM) events\b|\bevent\.(create|update|upsert|delete)/;
  const writers = code.filter(({ text }) => writes.test(text)).map(({ path }) => path.split(sep).slice(0, 3));
  expect(new Set(writers.map((path) => path.join("/")))).toEqual(new Set(["packages/domain/events"]));
});
