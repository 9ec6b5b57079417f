import { isIPv4 } from "node:net";
import ipaddr from "ipaddr.js";

/**
 * The networks that an address counts for, narrowest first. An IPv4 address is one. Of IPv6 whoever has one address has
 * its /64 (RFC 4291, 2.5.1), and a site usually has a /48 (RFC 6177): so both count. What a proxy adds (a port, a zone)
 * is taken off.
 */
export function networksOf(ip: string | undefined): readonly [string] | readonly [string, string] {
  if (ip !== undefined && isIPv4(ip)) {
    return [ip];
  }
  const address = parse(ip ?? "");
  // A proxy in front that sends no address: all of its clients count as one.
  if (address === null) {
    return ["unknown"];
  }
  if (address instanceof ipaddr.IPv4) {
    return [address.toString()];
  }
  const [first = 0, second = 0, third = 0, fourth = 0] = address.parts;
  const site = [first, second, third].map((part) => part.toString(16)).join(":");
  return [`${site}:${fourth.toString(16)}::/64`, `${site}::/48`];
}

const WITH_PORT = /^(?:\[([^\]]+)\](?::\d+)?|(\d+\.\d+\.\d+\.\d+):\d+)$/;

function parse(text: string): ipaddr.IPv4 | ipaddr.IPv6 | null {
  const [, bracketed, dotted] = WITH_PORT.exec(text) ?? [];
  const bare = (bracketed ?? dotted ?? text).replace(/%.*$/, "");
  // `process` makes IPv4 of ::ffff:192.0.2.1, as a socket that listens on :: names it.
  return ipaddr.isValid(bare) ? ipaddr.process(bare) : null;
}
