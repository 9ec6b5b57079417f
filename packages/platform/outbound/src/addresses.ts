import ipaddr from "ipaddr.js";

/** Whether an IP address (as text) may be contacted. */
export type AddressPolicy = (address: string) => boolean;

/**
 * Public unicast addresses, and what the operator listed. IPv4 in IPv6's clothing (mapped, NAT64, 6to4) is judged
 * by what `ipaddr.js` calls its range, of which only "unicast" passes: so it is refused unless it is listed.
 * @param allow CIDRs ("10.1.0.0/16", "::1/128"). Throws `TypeError`, which names `variable`, when one is malformed.
 */
export function addressPolicy(allow: readonly string[], variable: string): AddressPolicy {
  const networks = allow.map((text) => parseCidr(text, variable));
  return (address) => {
    if (!ipaddr.isValid(address)) {
      return false;
    }
    const ip = ipaddr.process(address); // ::ffff:10.0.0.1 becomes 10.0.0.1
    if (ip.range() === "unicast") {
      return true;
    }
    return networks.some(([network, bits]) => network.kind() === ip.kind() && ip.match(network, bits));
  };
}

function parseCidr(text: string, variable: string): [ipaddr.IPv4 | ipaddr.IPv6, number] {
  try {
    return ipaddr.parseCIDR(text);
  } catch (cause) {
    throw new TypeError(`${variable}: "${text}" is not a CIDR such as 10.1.0.0/16`, { cause });
  }
}
