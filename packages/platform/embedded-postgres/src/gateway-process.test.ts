import { chown, mkdir, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { startEmbeddedPostgres } from "./index.ts";
import { until } from "./processes.ts";
import {
  allServersEnded,
  note,
  openToAll,
  Playground,
  postmasterPid,
  query,
  serversBelow,
} from "./testing/harness.ts";

const isRoot = process.getuid?.() === 0;
const nobody = 65534;
const www = 33;
const playground = new Playground();
afterEach(() => playground.clear());

async function folderOf(owner: number): Promise<string> {
  const dataDir = join(await openToAll(await playground.folder()), "data");
  await mkdir(dataDir);
  await chown(dataDir, owner, owner);
  return dataDir;
}

async function expectNotes(dataDir: string, notes: readonly string[]): Promise<void> {
  const postgres = await startEmbeddedPostgres({ dataDir });
  try {
    expect(await note.readAll(postgres.url)).toEqual(notes);
  } finally {
    await postgres.stop();
  }
}

it("refuses a folder that another live process holds, and leaves that one's server alone", async () => {
  const dataDir = await playground.folder();
  const gateway = playground.gateway({ dataDir });
  const { url } = await gateway.answer;
  await expect(startEmbeddedPostgres({ dataDir })).rejects.toMatchObject({
    code: "embedded_postgres_folder_in_use",
    message: `The data folder ${dataDir} is in use by process ${gateway.pid}. Stop that process, or set DATA_DIR to another folder.`,
  });
  expect(await query(url, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
});

it("lets one of several processes have a new folder", async () => {
  const dataDir = await playground.folder();
  const answers = await Promise.all([1, 2, 3].map(() => playground.gateway({ dataDir }).answer));
  expect(answers.map((answer) => answer.code).sort()).toEqual([
    "",
    "embedded_postgres_folder_in_use",
    "embedded_postgres_folder_in_use",
  ]);
});

describe("PostgreSQL ends with its parent", () => {
  it("after kill -9 of the parent, and all data is there", async () => {
    const dataDir = await playground.folder();
    const gateway = playground.gateway({ dataDir });
    await note.write((await gateway.answer).url, "before the kill");
    await gateway.end("SIGKILL");
    if (process.platform === "linux") {
      expect(await allServersEnded(dataDir)).toBe(true);
    }
    await expectNotes(dataDir, ["before the kill"]);
  });

  it("when the parent exits without stop", async () => {
    const dataDir = await openToAll(await playground.folder());
    const PATH = await playground.pathWithoutSetpriv();
    const gateway = playground.gateway({ dataDir }, { env: { PATH }, afterStart: "exit" });
    expect(await gateway.answer).toMatchObject({ code: "" });
    expect(await allServersEnded(dataDir)).toBe(true);
  });

  it("and an ephemeral folder goes, too, when the parent exits without stop", async () => {
    const parent = await playground.folder();
    const dataDir = join(parent, "ephemeral");
    const gateway = playground.gateway({ dataDir, ephemeral: true }, { afterStart: "exit" });
    expect(await gateway.answer).toMatchObject({ code: "" });
    expect(await allServersEnded(dataDir)).toBe(true);
    expect(await until(async () => (await readdir(parent)).length === 0, 5_000)).toBe(true);
  });

  it("and not at Ctrl-C, which is the parent's to answer", async () => {
    const dataDir = await playground.folder();
    const gateway = playground.gateway({ dataDir });
    const { url } = await gateway.answer;
    process.kill(-gateway.pid, "SIGINT"); // as a terminal does: to the whole foreground process group
    expect(await until(async () => (await serversBelow(dataDir)).length === 0, 500)).toBe(false);
    expect(await query(url, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
    await gateway.end("SIGTERM");
    expect(await serversBelow(dataDir)).toEqual([]);
  });
});

describe("a PostgreSQL left behind by kill -9 of its parent (no setpriv on the machine)", () => {
  it("is stopped in order at the next start, which has all data", async () => {
    const dataDir = await openToAll(await playground.folder());
    const PATH = await playground.pathWithoutSetpriv();
    const gateway = playground.gateway({ dataDir }, { env: { PATH } });
    await note.write((await gateway.answer).url, "from the orphan");
    const orphan = await postmasterPid(dataDir);
    await gateway.end("SIGKILL");
    expect(await serversBelow(dataDir)).toContain(orphan);

    const lines: string[] = [];
    const next = await startEmbeddedPostgres({ dataDir, log: (line) => lines.push(line) });
    expect(lines[0]).toContain(`process ${orphan}`);
    expect(lines.join("\n")).not.toContain("not properly shut down");
    expect(await note.readAll(next.url)).toEqual(["from the orphan"]);
    expect(await serversBelow(dataDir)).not.toContain(orphan);
    await next.stop();
  });
});

describe("a start that was killed while it made the database", () => {
  for (const delay of [50, 150, 300]) {
    it(`is made again from the beginning (killed ${delay} ms after initdb began)`, async () => {
      const dataDir = await openToAll(await playground.folder());
      const gateway = playground.gateway({ dataDir });
      const begun = async () => (await readdir(dataDir)).some((name) => name.startsWith("cluster.draft."));
      expect(await until(begun, 10_000)).toBe(true);
      await new Promise((resolve) => setTimeout(resolve, delay));
      await gateway.end("SIGKILL");

      const next = await startEmbeddedPostgres({ dataDir });
      await note.write(next.url, "first");
      await next.stop();
      await expectNotes(dataDir, ["first"]);
      expect((await readdir(dataDir)).sort()).toEqual(["cluster", expect.stringMatching(/^lock\.\d+$/)]);
    });
  }
});

describe.runIf(isRoot)("started by root", () => {
  it("runs as the owner of the folder", async () => {
    expect(await userOfServerIn(await folderOf(www))).toBe(www);
  });

  it("runs as nobody when the owner of the folder is unknown here, or root", async () => {
    expect(await userOfServerIn(await folderOf(54321))).toBe(nobody);
    expect(await userOfServerIn(await folderOf(0))).toBe(nobody);
  });

  async function userOfServerIn(dataDir: string): Promise<number> {
    const postgres = await startEmbeddedPostgres({ dataDir, ephemeral: true });
    const { uid } = await stat(`/proc/${await postmasterPid(dataDir)}`);
    await postgres.stop();
    return uid;
  }

  it("says which folder is closed when that user cannot reach the data folder and setpriv is missing", async () => {
    const closed = await playground.folder();
    const dataDir = join(closed, "data");
    const PATH = await playground.pathWithoutSetpriv();
    const { code, message } = await playground.gateway({ dataDir }, { env: { PATH } }).answer;
    expect(code).toBe("embedded_postgres_unreachable");
    expect(message).toContain(`because ${closed} is closed to others`);
    expect(message).toContain(`chmod o+x ${closed}`);
  });
});

describe.runIf(isRoot)("started by a user who is not root", () => {
  it("runs as that user", async () => {
    const dataDir = await folderOf(nobody);
    const gateway = playground.gateway({ dataDir }, { uid: nobody });
    await note.write((await gateway.answer).url, "a user's");
    await gateway.end("SIGKILL");
    await expectNotes(dataDir, ["a user's"]); // by root, as the same user
    const again = playground.gateway({ dataDir }, { uid: nobody });
    expect(await note.readAll((await again.answer).url)).toEqual(["a user's"]);
  });

  it("says whose folder it is when it is another user's", async () => {
    const { code, message } = await playground.gateway({ dataDir: await folderOf(0) }, { uid: nobody })
      .answer;
    expect(code).toBe("embedded_postgres_folder_denied");
    expect(message).toContain("permission denied");
  });
});
