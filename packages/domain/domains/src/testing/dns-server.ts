import { createSocket } from "node:dgram";
import { once } from "node:events";
import type { AddressInfo } from "node:net";

/** A name server of a test, over UDP. */
export interface TestDnsServer {
  /** For `Resolver.setServers`. */
  readonly address: string;
  /** The TXT records of names, each in the strings that it is sent in; other names do not exist (NXDOMAIN). */
  readonly records: Map<string, readonly (readonly string[])[]>;
  /** Names that are answered with SERVFAIL. */
  readonly broken: Set<string>;
  /** The names that were asked for, in order. */
  readonly asked: string[];
  close(): Promise<void>;
}

const HEADER = 12;
const TXT = 16;
const IN = 1;

/** Starts a name server that answers questions for TXT records (RFC 1035, section 4). */
export async function startDnsServer(): Promise<TestDnsServer> {
  const socket = createSocket("udp4");
  const records: TestDnsServer["records"] = new Map();
  const broken = new Set<string>();
  const asked: string[] = [];
  socket.on("message", (query, from) => {
    const { name, end } = readName(query);
    asked.push(name);
    const found = records.get(name);
    const code = broken.has(name) ? 2 : found === undefined ? 3 : 0;
    const answers = (found ?? []).map(answer);
    const header = Buffer.alloc(HEADER);
    query.copy(header, 0, 0, 2); // its id
    header.writeUInt16BE(0x8580 | code, 2); // an authoritative answer
    header.writeUInt16BE(1, 4);
    header.writeUInt16BE(answers.length, 6);
    socket.send(
      Buffer.concat([header, query.subarray(HEADER, end + 4), ...answers]),
      from.port,
      from.address,
    );
  });
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  return {
    address: `127.0.0.1:${(socket.address() as AddressInfo).port}`,
    ...{ records, broken, asked },
    close: async () => {
      socket.close();
      await once(socket, "close");
    },
  };
}

function readName(query: Buffer): { name: string; end: number } {
  const labels: string[] = [];
  let at = HEADER;
  for (let length = query.readUInt8(at); length > 0; length = query.readUInt8(at)) {
    labels.push(query.toString("ascii", at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join(".").toLowerCase(), end: at + 1 };
}

function answer(strings: readonly string[]): Buffer {
  const data = Buffer.concat(
    strings.map((string) => Buffer.concat([Buffer.from([string.length]), Buffer.from(string)])),
  );
  const head = Buffer.alloc(HEADER);
  head.writeUInt16BE(0xc00c, 0); // the name that the question had
  head.writeUInt16BE(TXT, 2);
  head.writeUInt16BE(IN, 4);
  head.writeUInt16BE(data.length, 10); // the time to live before it stays 0
  return Buffer.concat([head, data]);
}
