import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSecretBox } from "@sallyport/secrets";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { withDevelopmentSecrets } from "./development-secrets.ts";

let DATA_DIR: string;
beforeEach(async () => {
  DATA_DIR = join(await mkdtemp(join(tmpdir(), "sallyport-secrets-")), "data");
});
afterEach(() => rm(join(DATA_DIR, ".."), { recursive: true }));

describe("withDevelopmentSecrets", () => {
  it("makes them once, for their owner's eyes, and finds them again", async () => {
    const first = await withDevelopmentSecrets({ DATA_DIR, PORT: "1" });
    expect(first).toMatchObject({
      DATA_DIR,
      PORT: "1",
      SALLYPORT_ROOT_KEY: expect.stringMatching(/^sp_root_/),
    });
    createSecretBox([first.SALLYPORT_ENCRYPTION_KEYS ?? ""]); // throws when it is no key

    expect(await withDevelopmentSecrets({ DATA_DIR, PORT: "1" })).toEqual(first);
    for (const file of await readdir(DATA_DIR)) {
      expect((await stat(join(DATA_DIR, file))).mode & 0o777, file).toBe(0o600);
    }
  });

  it("is of one mind when two start at once", async () => {
    const [one, other] = await Promise.all([
      withDevelopmentSecrets({ DATA_DIR }),
      withDevelopmentSecrets({ DATA_DIR }),
    ]);
    expect(one).toEqual(other);
  });

  it("leaves given ones alone and keeps no copy of them", async () => {
    const given = { DATA_DIR, SALLYPORT_ROOT_KEY: "given", SALLYPORT_ENCRYPTION_KEYS: "" };
    const filled = await withDevelopmentSecrets(given);
    expect(filled.SALLYPORT_ROOT_KEY).toBe("given");
    expect(await readdir(DATA_DIR)).toEqual(["encryption-keys"]);
    expect(await readFile(join(DATA_DIR, "encryption-keys"), "utf8")).toBe(
      `${filled.SALLYPORT_ENCRYPTION_KEYS}\n`,
    );
  });
});
