import { readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import {
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
  findRunningPostgres,
  startEmbeddedPostgres,
} from "./index.ts";
import {
  allServersEnded,
  dataFolderOf,
  note,
  Playground,
  postmasterPid,
  query,
  serversBelow,
} from "./testing/harness.ts";

const playground = new Playground();
const started: EmbeddedPostgres[] = [];
afterEach(async () => {
  for (const postgres of started.splice(0)) {
    await postgres.stop();
  }
  await playground.clear();
});

async function start(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const postgres = await startEmbeddedPostgres(options);
  started.push(postgres);
  return postgres;
}

it("is found by another process while it runs", async () => {
  const dataDir = await playground.folder();
  expect(await findRunningPostgres(join(dataDir, "nowhere"))).toBeUndefined();
  expect(await findRunningPostgres(dataDir)).toBeUndefined();
  const postgres = await start({ dataDir });
  expect(await findRunningPostgres(dataDir)).toBe(postgres.url);
  await postgres.stop();
  expect(await findRunningPostgres(dataDir)).toBeUndefined();
});

it("keeps its data over stop and start, with settings of its own and others given", async () => {
  const dataDir = await playground.folder();
  const first = await start({ dataDir });
  await note.write(first.url, "kept");
  await first.stop();
  expect(await first.ended).toBeUndefined();
  expect(await serversBelow(dataDir)).toEqual([]);

  const second = await start({ dataDir, settings: { max_connections: "42", listen_addresses: "*" } });
  expect(await note.readAll(second.url)).toEqual(["kept"]);
  const settings = `SELECT current_setting('max_connections') AS connections, current_setting('TimeZone') AS zone,
    current_setting('server_encoding') AS encoding, current_setting('listen_addresses') AS addresses,
    current_setting('unix_socket_directories') AS sockets, current_setting('fsync') AS fsync,
    datlocprovider::text || ' ' || datlocale AS locale FROM pg_database WHERE datname = current_database()`;
  expect(await query(second.url, settings)).toEqual([
    {
      connections: "42",
      zone: "UTC",
      encoding: "UTF8",
      addresses: "127.0.0.1",
      sockets: "",
      fsync: "on",
      locale: "b C.UTF-8",
    },
  ]);
});

it("lets no one in without the password, which only its user may read", async () => {
  const dataDir = await playground.folder();
  const postgres = await start({ dataDir, ephemeral: true });
  expect((await stat(join(dataDir, "cluster", "password"))).mode & 0o777).toBe(0o600);
  expect((await stat(join(dataDir, "cluster"))).mode & 0o777).toBe(0o700);
  const url = new URL(postgres.url);
  expect(url.password).toMatch(/^[\w-]{32}$/);
  url.password = "guess";
  await expect(query(url.toString(), "SELECT 1")).rejects.toThrow("password authentication failed");
  const rules = await query(postgres.url, "SELECT DISTINCT auth_method FROM pg_hba_file_rules");
  expect(rules).toEqual([{ auth_method: "scram-sha-256" }]);
});

it("gives the URL of any database", async () => {
  const postgres = await start({ dataDir: await playground.folder(), ephemeral: true });
  await query(postgres.url, 'CREATE DATABASE "a b"');
  expect(await query(postgres.urlFor("a b"), "SELECT current_database() AS name")).toEqual([{ name: "a b" }]);
});

it("removes an ephemeral database and its folder at stop", async () => {
  const dataDir = join(await playground.folder(), "new");
  const postgres = await start({ dataDir, ephemeral: true });
  expect(await query(postgres.url, "SHOW fsync")).toEqual([{ fsync: "off" }]);
  await postgres.stop();
  await expect(stat(dataDir)).rejects.toMatchObject({ code: "ENOENT" });
});

it("makes no ephemeral database in a folder that holds anything else", async () => {
  const dataDir = await playground.folder();
  await writeFile(join(dataDir, "precious"), "");
  for (let attempt = 0; attempt < 2; attempt++) {
    await expect(start({ dataDir, ephemeral: true })).rejects.toMatchObject({
      code: "embedded_postgres_folder_not_empty",
    });
  }
  expect(await readdir(dataDir)).toContain("precious");
});

it("works in a folder with an awkward name", async () => {
  const dataDir = join(await playground.folder(), `it's "a" $HOME; ünï`);
  const postgres = await start({ dataDir, ephemeral: true });
  expect(await query(postgres.url, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
});

describe("the port", () => {
  it("is the one asked for, or the error says that it is taken", async () => {
    const holder = createServer();
    await new Promise<void>((resolve) => holder.listen(0, "127.0.0.1", resolve));
    const address = holder.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const dataDir = await playground.folder();
    try {
      await expect(start({ dataDir, port })).rejects.toMatchObject({
        code: "embedded_postgres_port_in_use",
        message: expect.stringMatching(new RegExp(`Port ${port} .* is taken.*Stop the program`)),
        detail: expect.stringContaining("Address already in use"),
      });
    } finally {
      await new Promise((resolve) => holder.close(resolve));
    }
    expect(await serversBelow(dataDir)).toEqual([]);
    expect((await start({ dataDir, port })).port).toBe(port);
  });
});

describe("a start that cannot succeed", () => {
  it("says why with the end of PostgreSQL's log, and leaves the folder free", async () => {
    const dataDir = await playground.folder();
    await expect(start({ dataDir, settings: { max_connections: "many" } })).rejects.toMatchObject({
      code: "embedded_postgres_start_failed",
      detail: expect.stringContaining('invalid value for parameter "max_connections"'),
    });
    await start({ dataDir });
  });

  it("refuses a database of another major version, and leaves it as it is", async () => {
    const dataDir = await playground.folder();
    const first = await start({ dataDir });
    await first.stop();
    const versionFile = join(dataFolderOf(dataDir), "PG_VERSION");
    await writeFile(versionFile, "17\n");
    await expect(start({ dataDir })).rejects.toMatchObject({
      code: "embedded_postgres_version_mismatch",
      message: expect.stringMatching(/made by PostgreSQL 17; the embedded one is 18\./),
    });
    await writeFile(versionFile, "18\n");
    await start({ dataDir });
  });

  it("refuses a database whose parts are missing", async () => {
    const dataDir = await playground.folder();
    const first = await start({ dataDir });
    await first.stop();
    await rm(join(dataDir, "cluster", "password"));
    await expect(start({ dataDir })).rejects.toMatchObject({ code: "embedded_postgres_folder_damaged" });
  });
});

describe("after kill -9 of PostgreSQL", () => {
  it("tells its owner, and the next start has every committed row", async () => {
    const dataDir = await playground.folder();
    const first = await start({ dataDir });
    await note.write(first.url, "committed");
    process.kill(await postmasterPid(dataDir), "SIGKILL");
    expect(await first.ended).toMatchObject({
      code: "embedded_postgres_ended",
      message: expect.stringContaining("signal SIGKILL"),
    });
    await first.stop();
    const second = await start({ dataDir });
    expect(await note.readAll(second.url)).toEqual(["committed"]);
  });

  it("ends backends that still work in the folder before it starts again", async () => {
    const dataDir = await playground.folder();
    const first = await start({ dataDir });
    const busy = query(first.url, "SELECT count(*) FROM generate_series(1, 100000000000)").catch(
      () => "ended",
    );
    const working = "SELECT 1 FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'SELECT count%'";
    await expect.poll(() => query(first.url, working)).toHaveLength(1);
    process.kill(await postmasterPid(dataDir), "SIGKILL");
    await first.ended;
    await first.stop();
    expect(await serversBelow(dataDir)).not.toEqual([]);
    const second = await start({ dataDir });
    expect(await busy).toBe("ended");
    expect(await query(second.url, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
  });

  it("starts over a stale pid file whose pid is another program's now, and leaves that alone", async () => {
    const dataDir = await playground.folder();
    const first = await start({ dataDir });
    const pidFile = join(dataFolderOf(dataDir), "postmaster.pid");
    const content = await readFile(pidFile, "utf8");
    process.kill(await postmasterPid(dataDir), "SIGKILL");
    await first.ended;
    await first.stop();
    await allServersEnded(dataDir);
    await writeFile(pidFile, content.replace(/^\d+/, String(process.pid)));
    await start({ dataDir });
  });
});
