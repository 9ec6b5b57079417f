import { expect, it } from "vitest";
import { networksOf } from "./networks.ts";

it.each<[string | undefined, string[]]>([
  ["192.0.2.1", ["192.0.2.1"]],
  ["::ffff:192.0.2.1", ["192.0.2.1"]],
  ["::ffff:c000:201", ["192.0.2.1"]],
  ["192.0.2.1:41234", ["192.0.2.1"]],
  ["2001:db8:1:2:3:4:5:6", ["2001:db8:1:2::/64", "2001:db8:1::/48"]],
  ["2001:DB8:0001:0002::9", ["2001:db8:1:2::/64", "2001:db8:1::/48"]],
  ["[2001:db8:1:2::9]:443", ["2001:db8:1:2::/64", "2001:db8:1::/48"]],
  ["2001:db8::1", ["2001:db8:0:0::/64", "2001:db8:0::/48"]],
  ["fe80::1%eth0", ["fe80:0:0:0::/64", "fe80:0:0::/48"]],
  ["::1", ["0:0:0:0::/64", "0:0:0::/48"]],
  ["unknown", ["unknown"]],
  ["<script>", ["unknown"]],
  ["", ["unknown"]],
  [undefined, ["unknown"]],
])("%s counts for %s", (ip, networks) => {
  expect(networksOf(ip)).toEqual(networks);
});
