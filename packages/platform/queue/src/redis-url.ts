/** Where Redis is, as REDIS_URL says it. */
export type RedisAddress = RedisCredentials &
  (
    | { readonly kind: "single"; readonly host: string; readonly port: number; readonly db: number }
    | {
        readonly kind: "sentinel";
        readonly sentinels: readonly HostAndPort[];
        readonly master: string;
        readonly db: number;
      }
    | { readonly kind: "cluster"; readonly nodes: readonly HostAndPort[] }
  );

interface RedisCredentials {
  readonly tls: boolean;
  readonly username?: string;
  readonly password?: string;
}

interface HostAndPort {
  readonly host: string;
  readonly port: number;
}

const FORM =
  /^(?<scheme>rediss?)(?:\+(?<kind>sentinel|cluster))?:\/\/(?:(?<user>[^:@/]*)(?::(?<password>[^@/]*))?@)?(?<hosts>[^/?#]+)(?:\/(?<path>[^?#]*))?$/;

const EXPECTED =
  "Write redis://host:6379/0, redis+sentinel://host:26379,host:26379/master-name/0 or redis+cluster://host:6379,host:6379; rediss for TLS; user:password@ before the hosts";

/**
 * Parses REDIS_URL. Several hosts, which `URL` refuses, are separated by commas.
 * Throws a `TypeError` that names the variable, without the URL: it may hold a password.
 */
export function parseRedisUrl(url: string): RedisAddress {
  const form = FORM.exec(url)?.groups;
  if (form === undefined) {
    throw malformed("it has none of the known forms");
  }
  const { scheme, kind, user = "", password, hosts = "", path = "" } = form;
  const credentials: RedisCredentials = {
    tls: scheme === "rediss",
    ...(user === "" ? {} : { username: decodeURIComponent(user) }),
    ...(password === undefined ? {} : { password: decodeURIComponent(password) }),
  };
  if (kind === "cluster") {
    if (path !== "") {
      throw malformed("a cluster has no database number");
    }
    return { kind, ...credentials, nodes: parseHosts(hosts, 6379) };
  }
  if (kind === "sentinel") {
    const [master = "", db = "0"] = path.split("/");
    if (master === "") {
      throw malformed("the name of the Sentinel master is missing");
    }
    return { kind, ...credentials, sentinels: parseHosts(hosts, 26379), master, db: parseDb(db) };
  }
  const [only, ...more] = parseHosts(hosts, 6379);
  if (only === undefined || more.length > 0) {
    throw malformed("a single Redis has one host");
  }
  return { kind: "single", ...credentials, ...only, db: parseDb(path === "" ? "0" : path) };
}

function parseHosts(text: string, defaultPort: number): HostAndPort[] {
  return text.split(",").map((entry) => {
    const parts = /^(\[[0-9a-fA-F:]+\]|[^:[\]]+)(?::(\d{1,5}))?$/.exec(entry);
    const host = parts?.[1];
    if (host === undefined) {
      throw malformed("a host is not of the form host:port");
    }
    return { host: host.replace(/^\[|\]$/g, ""), port: Number(parts?.[2] ?? defaultPort) };
  });
}

function parseDb(text: string): number {
  if (!/^\d{1,4}$/.test(text)) {
    throw malformed("the database is not a number");
  }
  return Number(text);
}

function malformed(reason: string): TypeError {
  return new TypeError(`REDIS_URL: ${reason}. ${EXPECTED}.`);
}
