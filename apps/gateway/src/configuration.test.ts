import { readFile } from "node:fs/promises";
import { newEncryptionKey } from "@sallyport/secrets";
import { describe, expect, it } from "vitest";
import { ConfigurationError, type Environment, readConfiguration, readDatabaseUrl } from "./configuration.ts";
import { ROLES } from "./process-roles.ts";
import { environmentSchema, type Mode } from "./variables.ts";

const SECRETS = {
  SALLYPORT_ROOT_KEY: "root-key-of-at-least-32-characters",
  SALLYPORT_ENCRYPTION_KEYS: newEncryptionKey(),
};
const PRODUCTION = {
  ...SECRETS,
  PUBLIC_URL: "https://sso.example.com",
  DATABASE_URL: "postgresql://sallyport:pw@db:5432/sallyport",
};

const read = (mode: Mode, environment: Environment) =>
  readConfiguration(environment, { mode, roles: new Set(ROLES) });

function problemsOf(mode: Mode, environment: Environment): readonly string[] {
  try {
    read(mode, environment);
  } catch (error) {
    if (error instanceof ConfigurationError) {
      return error.problems;
    }
    throw error;
  }
  return [];
}

describe("defaults", () => {
  it("of development: this machine only, embedded database, demo on, loopback reachable", () => {
    expect(read("development", SECRETS)).toMatchObject({
      port: 8080,
      host: "127.0.0.1",
      publicUrl: undefined,
      databaseUrl: undefined,
      redisUrl: undefined,
      outboundAllow: ["127.0.0.0/8", "::1/128"],
      outboundAllowOperator: ["127.0.0.0/8", "::1/128"],
      trustProxy: false,
      demo: true,
    });
  });

  it("of production: all addresses, no demo, nothing but public addresses reachable", () => {
    expect(read("production", PRODUCTION)).toMatchObject({
      host: "::",
      outboundAllow: [],
      outboundAllowOperator: [],
      trustProxy: false,
      metricsToken: undefined,
      demo: false,
    });
  });
});

describe("what is missing or wrong", () => {
  it("names every variable that production lacks, at once", () => {
    const problems = problemsOf("production", { PORT: "8080", REDIS_URL: "" });
    expect(problems.map((problem) => problem.split(" ")[0])).toEqual([
      "PUBLIC_URL",
      "DATABASE_URL",
      "SALLYPORT_ROOT_KEY",
      "SALLYPORT_ENCRYPTION_KEYS",
    ]);
    for (const problem of problems) {
      expect(problem).toMatch(/is required: .+/);
    }
  });

  it("takes an empty variable for a missing one", () => {
    expect(problemsOf("production", { ...PRODUCTION, DATABASE_URL: " " })).toHaveLength(1);
    expect(read("development", { ...SECRETS, PORT: "" }).port).toBe(8080);
  });

  it.each([
    ["PORT", "80a"],
    ["PORT", "65536"],
    ["HOST", "two words"],
    ["PUBLIC_URL", "http://sso.example.com"],
    ["PUBLIC_URL", "https://sso.example.com/path"],
    ["PUBLIC_URL", "https://user@sso.example.com"],
    ["PUBLIC_URL", "sso.example.com"],
    ["DATABASE_URL", "mysql://hunter2-secret@db/x"],
    ["DATABASE_POOL_SIZE", "1"],
    ["REDIS_URL", "http://hunter2-secret@redis"],
    ["REDIS_URL", "redis+sentinel://hunter2-secret@redis:26379"],
    ["SALLYPORT_ROOT_KEY", "hunter2-secret"],
    ["SALLYPORT_ROOT_KEY", "hunter2-secret hunter2-secret hunter2-secret"],
    ["SALLYPORT_ENCRYPTION_KEYS", "hunter2-secret"],
    ["SALLYPORT_ENCRYPTION_KEYS", `${newEncryptionKey()},hunter2-secret`],
    ["SALLYPORT_ENCRYPTION_KEYS", ","],
    ["OUTBOUND_ALLOW", "10.0.0.1"],
    ["OUTBOUND_ALLOW", "10.0.0.0/8,localhost"],
    ["OUTBOUND_ALLOW_OPERATOR", "10.0.0.0/8,localhost"],
    ["RATE_LIMITS", "on"],
    ["RATE_LIMITS", "scim=0/1"],
    ["RATE_LIMITS", "smtp=1/1"],
    ["RATE_LIMITS", "signIn=0.0/10"],
    ["RATE_LIMITS", "signIn=1/0.5"],
    ["RATE_LIMITS", "scim=off,credentials"],
    ["RETENTION_BOUNDS", "on"],
    ["RETENTION_BOUNDS", "loginRecords=7"],
    ["RETENTION_BOUNDS", "loginRecords=90-7"],
    ["RETENTION_BOUNDS", "everything=7-90"],
    ["TRUST_PROXY", "yes"],
    ["TRUST_PROXY", "10.0.0.0/33"],
    ["CLICKHOUSE_URL", "clickhouse://hunter2-secret@host:9000/audit"],
    ["CLICKHOUSE_URL", "https://user:hunter2-secret@host:8443/audit/more"],
    ["CLICKHOUSE_URL", "https://user:hunter2-secret@host:8443/audit;DROP"],
    ["CLICKHOUSE_URL", "https://host:8443/audit?password=hunter2-secret"],
    ["CLICKHOUSE_URL", "https://host:8443/audit#hunter2-secret"],
    ["METRICS_TOKEN", "short"],
    ["SETUP_FRAME_ANCESTORS", "https://*.example.com"],
    ["SETUP_FRAME_ANCESTORS", "https://app.example.com; script-src *"],
    ["LOG_LEVEL", "loud"],
    ["DEMO", "true"],
  ])("refuses %s=%s, and says only which and why", (variable, value) => {
    const problems = problemsOf("production", { ...PRODUCTION, [variable]: value });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(new RegExp(`^${variable} (must|is not usable)`));
    expect(problems[0]).not.toContain("hunter2");
  });
});

describe("what becomes of a value", () => {
  it.each([
    [{}, undefined],
    [
      { CLICKHOUSE_URL: "http://10.0.0.1:8123" },
      { url: "http://10.0.0.1:8123", database: "default", user: "default", password: "" },
    ],
    [
      { CLICKHOUSE_URL: "https://ada:p%40ss%25@click.house/audit" },
      { url: "https://click.house", database: "audit", user: "ada", password: "p@ss%" },
    ],
    [
      { CLICKHOUSE_URL: "https://ada:x@click.house/", CLICKHOUSE_USER: "bob", CLICKHOUSE_PASSWORD: "%41:/" },
      { url: "https://click.house", database: "default", user: "bob", password: "%41:/" },
    ],
  ])("reads ClickHouse's address and who speaks to it: %j", (environment, clickhouse) => {
    expect(read("production", { ...PRODUCTION, ...environment }).clickhouse).toEqual(clickhouse);
  });

  it.each([
    [{ CLICKHOUSE_PASSWORD: "hunter2" }, "CLICKHOUSE_USER and CLICKHOUSE_PASSWORD need CLICKHOUSE_URL"],
    [{ CLICKHOUSE_URL: "https://ada:hunter2%@click.house" }, "CLICKHOUSE_URL has a %"],
  ])("refuses a part of it that stands alone, or says nothing: %j", (environment, problem) => {
    const problems = problemsOf("production", { ...PRODUCTION, ...environment });
    expect(problems).toEqual([expect.stringContaining(problem)]);
    expect(problems[0]).not.toContain("hunter2");
  });

  it("keeps the origin of PUBLIC_URL", () => {
    expect(read("production", { ...PRODUCTION, PUBLIC_URL: "https://SSO.example.com:443/" }).publicUrl).toBe(
      "https://sso.example.com",
    );
  });

  it.each(["http://localhost:8080", "http://127.0.0.1:8080", "http://[::1]:8080"])(
    "takes plain http for this machine: %s",
    (url) => {
      expect(read("production", { ...PRODUCTION, PUBLIC_URL: url }).publicUrl).toBe(url);
    },
  );

  it.each([
    ["off", false],
    ["2", 2],
    ["10.0.0.0/8, loopback", ["10.0.0.0/8", "loopback"]],
    ["10.0.0.7", ["10.0.0.7"]],
  ])("reads TRUST_PROXY=%s", (text, value) => {
    expect(read("development", { ...SECRETS, TRUST_PROXY: text }).trustProxy).toEqual(value);
  });

  it.each([
    ["off", { scim: "off", signIn: "off", credentials: "off" }],
    ["scim=off", { scim: "off" }],
    ["scim=20/100", { scim: { perSecond: 20, burst: 100 } }],
    ["signIn=0.5/2000, credentials=off", { signIn: { perSecond: 0.5, burst: 2000 }, credentials: "off" }],
  ])("reads RATE_LIMITS=%s", (text, value) => {
    expect(read("development", { ...SECRETS, RATE_LIMITS: text }).rateLimits).toEqual(value);
  });

  it("reads RETENTION_BOUNDS, and keeps the usual ones of all else", () => {
    const text = "loginRecords=7-90, auditEvents=730-, deletedPeople=0-60";
    const { retentionBounds: usual } = read("development", SECRETS);
    expect(read("development", { ...SECRETS, RETENTION_BOUNDS: text }).retentionBounds).toEqual({
      ...usual,
      loginRecords: { least: 7, most: 90 },
      auditEvents: { least: 730, most: null },
      deletedPeople: { least: 0, most: 60 },
    });
  });

  it("reads the key ring newest first", () => {
    const [newest, older] = [newEncryptionKey(), newEncryptionKey()];
    const ring = { ...SECRETS, SALLYPORT_ENCRYPTION_KEYS: `${newest}, ${older}` };
    expect(read("development", ring).encryptionKeys).toEqual([newest, older]);
  });

  it("reads DATABASE_URL alone where nothing else is needed", () => {
    expect(readDatabaseUrl({ DATABASE_URL: PRODUCTION.DATABASE_URL })).toBe(PRODUCTION.DATABASE_URL);
    expect(() => readDatabaseUrl({})).toThrow(/DATABASE_URL is required/);
  });
});

describe(".env.example", () => {
  it("names the variables that are read, all of them and no other", async () => {
    const text = await readFile(new URL("../../../.env.example", import.meta.url), "utf8");
    const named = [...text.matchAll(/^(?:# )?([A-Z][A-Z0-9_]+)=/gm)].map((match) => match[1]);
    // NODE_ENV chooses the mode; the passwords are for the servers of docker compose; Node itself reads the last.
    const others = ["NODE_ENV", "POSTGRES_PASSWORD", "REDIS_PASSWORD", "NODE_EXTRA_CA_CERTS"];
    const read = [...Object.keys(environmentSchema("production").shape), ...others];
    expect(named.sort()).toEqual(read.sort());
  });
});

describe("docker-compose.yml", () => {
  it("passes on every variable, but for those that the image settles", async () => {
    const text = await readFile(new URL("../../../docker-compose.yml", import.meta.url), "utf8");
    const [, gateway = ""] = text.split(/^ {2}gateway:$/m);
    const [own = ""] = gateway.split(/^ {4}networks:/m);
    const passed = [...own.matchAll(/^ {6}([A-Z][A-Z0-9_]+): /gm)].map((match) => match[1]);
    const settled = ["PORT", "HOST", "DATA_DIR", "DEMO"];
    const read = Object.keys(environmentSchema("production").shape).filter((name) => !settled.includes(name));
    expect(passed.sort()).toEqual([...read, "NODE_EXTRA_CA_CERTS"].sort());
  });
});
