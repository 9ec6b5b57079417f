import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { send, startScim, type TestDirectory, type TestScim } from "@sallyport/scim/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";

const run = promisify(execFile);
const CHECK = fileURLToPath(new URL("check.py", import.meta.url));

const line = z.object({
  check: z.string(),
  status: z.string(),
  resource: z.string().nullable(),
  reason: z.string().nullable(),
});

/** What scim2-tester finds and we mean so: each with its reason. Anything else fails. */
const DIFFERENCES: [check: string, resource: string, reason: RegExp, why: string][] = [
  [
    "check_remove_attribute",
    "User",
    /did not remove attribute 'active'/,
    "Whether somebody may sign in is never undecided: a user of whom it is not said stays as they are.",
  ],
  [
    "check_add_attribute",
    "Group",
    /Attribute 'members'/,
    "It compares members with `display` absent: RFC 7643 §4.2 leaves that to the server, and it says what it shows.",
  ],
  ["check_replace_attribute", "Group", /Attribute 'members'/, "The same."],
];

let scim: TestScim;
beforeAll(async () => {
  scim = await startScim();
});
afterAll(() => scim.stop());

describe("scim2-tester", () => {
  it.each(["strict", "generic"])("finds nothing but known differences (%s)", async (provider) => {
    const { url, token } = await scim.addDirectory(provider);
    const { stdout } = await run("python3", [CHECK, url, token], { maxBuffer: 100_000_000 });
    const results = stdout
      .trim()
      .split("\n")
      .map((text) => line.parse(JSON.parse(text)));
    expect(results.length).toBeGreaterThan(100);
    const failed = results.filter(({ status }) => status !== "SUCCESS" && status !== "SKIPPED");
    const unexplained = failed.filter(
      ({ check, resource, reason }) =>
        !DIFFERENCES.some(
          (known) => known[0] === check && known[1] === resource && known[2].test(reason ?? ""),
        ),
    );
    expect(unexplained).toEqual([]);
    expect(scim.errors).toEqual([]);
  });
});

const probe = z.object({
  results: z.array(z.object({ name: z.string(), status: z.string(), message: z.string().optional() })),
});

/** The same of scim-sanity: each `<name>: <message>`. */
const SANITY_DIFFERENCES: [found: RegExp, why: string][] = [
  [
    /^PATCH \/Groups\/\{id\}.*: Expected (HTTP )?200, got 204/,
    "RFC 7644 §3.5.2 allows 204: a group of 100,000 members is not read to add one.",
  ],
  [
    /^PATCH \/Groups\/\{id\} add member: Expected 200, got 40[04]/,
    "It adds an id that it made up: nobody here has it.",
  ],
];

describe("scim-sanity", () => {
  it.each(["strict", "generic"])("finds nothing but known differences (%s)", async (provider) => {
    const { url, token } = await scim.addDirectory(provider);
    const command = ["probe", url, "--token", token, "--i-accept-side-effects", "--json-output", "--strict"];
    // It ends with an error where it found anything.
    const { stdout } = await run("scim-sanity", command).catch((error: { stdout: string }) => error);
    const { results } = probe.parse(JSON.parse(stdout));
    expect(results.length).toBeGreaterThan(25);
    const failed = results.filter(({ status }) => status !== "pass" && status !== "skip");
    const found = failed.map(({ name, message }) => `${name}: ${message}`);
    expect(found.filter((text) => !SANITY_DIFFERENCES.some(([known]) => known.test(text)))).toEqual([]);
    expect(scim.errors).toEqual([]);
  });
});

describe("scim2-cli", () => {
  const cli = async ({ url, token }: TestDirectory, ...command: string[]) => {
    const env = { ...process.env, SCIM_CLI_HEADERS: `Authorization: Bearer ${token}` };
    const running = run("scim", ["--url", url, ...command], { env });
    running.child.stdin?.end(); // it would read a resource from there
    return (await running).stdout;
  };

  it("creates, finds, replaces and deletes a user", async () => {
    const directory = await scim.addDirectory("strict");
    await cli(directory, "create", "user", "--user-name", "ada");
    const { body } = await send(directory, "GET", '/Users?filter=userName eq "ada"');
    const { id } = body.Resources[0];
    expect(await cli(directory, "query", "user", id)).toContain('"ada"');
    await cli(directory, "replace", "user", "--id", id, "--user-name", "grace", "--display-name", "Grace");
    expect((await send(directory, "GET", `/Users/${id}`)).body).toMatchObject({ displayName: "Grace" });
    await cli(directory, "delete", "user", id);
    expect((await send(directory, "GET", `/Users/${id}`)).status).toBe(404);
  });
});
