import ipaddr from "ipaddr.js";

/** Whether an IP address (as text) may be contacted. */
export type AddressPolicy = (address: string) => boolean;

type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Network = readonly [Address, number];

/** All that IANA gives out for use on the internet (RFC 4291 §2.4). Outside lies `::7f00:1`, which some take for 127.0.0.1. */
const GLOBAL_UNICAST: Network = ipaddr.IPv6.parseCIDR("2000::/3");
/** Public by its number, and yet the host of every virtual machine in Azure, which gives it settings and keys. */
const AZURE_HOST = "168.63.129.16";
/** A NAT64's address holds the IPv4 address that it leads to in its last four bytes (RFC 6052 §2.2, RFC 8215). */
const NAT64: readonly Network[] = ["64:ff9b::/96", "64:ff9b:1::/48"].map((text) =>
  ipaddr.IPv6.parseCIDR(text),
);

/**
 * Public unicast addresses, and what the operator listed. IPv4 in IPv6's clothing (mapped, compatible, NAT64, 6to4) is
 * refused unless it is listed; and a NAT64 that is listed leads only where IPv4 itself may go (RFC 6052 §3.1).
 * @param allow CIDRs ("10.1.0.0/16", "::1/128"). Throws `TypeError`, which names `variable`, when one is malformed.
 */
export function addressPolicy(allow: readonly string[], variable: string): AddressPolicy {
  const networks = allow.map((text) => parseCidr(text, variable));
  const allowed = (ip: Address): boolean => {
    if (networks.some((network) => isIn(ip, network))) {
      const behind = behindNat64(ip);
      return behind === null || allowed(behind);
    }
    return isPublic(ip);
  };
  return (address) => ipaddr.isValid(address) && allowed(ipaddr.process(address)); // ::ffff:10.0.0.1 becomes 10.0.0.1
}

function isPublic(ip: Address): boolean {
  return (
    ip.range() === "unicast" &&
    (ip.kind() === "ipv4" || isIn(ip, GLOBAL_UNICAST)) &&
    ip.toString() !== AZURE_HOST
  );
}

function isIn(ip: Address, [network, bits]: Network): boolean {
  return network.kind() === ip.kind() && ip.match(network, bits);
}

function behindNat64(ip: Address): Address | null {
  return NAT64.some((network) => isIn(ip, network)) ? new ipaddr.IPv4(ip.toByteArray().slice(-4)) : null;
}

function parseCidr(text: string, variable: string): Network {
  try {
    return ipaddr.parseCIDR(text);
  } catch (cause) {
    throw new TypeError(`${variable}: "${text}" is not a CIDR such as 10.1.0.0/16`, { cause });
  }
}
