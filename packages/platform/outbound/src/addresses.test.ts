import { expect, it } from "vitest";
import { addressPolicy } from "./addresses.ts";

const NOBODY = addressPolicy([], "OUTBOUND_ALLOW");

// Ranges: IANA's registries of special-purpose addresses; hosts: what clouds tell their machines secrets by.
it.each([
  ...["0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "127.0.0.1", "127.255.255.254", "169.254.0.1"],
  ...["172.16.0.1", "172.31.255.255", "192.0.0.8", "192.0.2.1", "192.88.99.1", "192.168.0.1", "198.18.0.1"],
  ...["198.51.100.1", "203.0.113.1", "224.0.0.1", "240.0.0.1", "255.255.255.255"],
  ...["169.254.169.254", "169.254.170.2", "100.100.100.200", "192.0.0.192", "168.63.129.16"],
  ...["fd00:ec2::254", "fd20:ce::254"],
  ...["::", "::1", "::7f00:1", "::127.0.0.1", "::a9fe:a9fe", "::ffff:127.0.0.1", "::ffff:a9fe:a9fe"],
  ...["::ffff:0:127.0.0.1", "::ffff:168.63.129.16", "64:ff9b::7f00:1", "64:ff9b::808:808"],
  ...["64:ff9b:1::a00:1", "2002:7f00:1::", "2001:0:7f00:1::", "2001:db8::1", "2001:2::1", "2001:10::1"],
  ...["2001:20::1", "3fff::1", "100::1", "5f00::1", "fc00::1", "fd12::1", "fe80::1", "fe80::1%eth0"],
  ...["fec0::1", "ff02::1", "1::1", "4000::1", "8000::1"],
  ...["0177.0.0.1", "0x7f.1", "2130706433", "127.1", "localhost", "", "1.2.3.4.5"],
])("is closed to %s", (address) => {
  expect(NOBODY(address)).toBe(false);
});

it.each(["1.1.1.1", "8.8.8.8", "2606:4700:4700::1111", "::ffff:8.8.8.8", "168.63.129.17"])(
  "is open to %s",
  (address) => {
    expect(NOBODY(address)).toBe(true);
  },
);

it("is open to what is listed, in whatever way it is written", () => {
  const some = addressPolicy(["10.1.0.0/16", "fd00::/8", "168.63.129.16/32"], "OUTBOUND_ALLOW");
  expect(["10.1.2.3", "::ffff:10.1.2.3", "fd12::1", "168.63.129.16"].map(some)).toEqual(Array(4).fill(true));
  expect(["10.2.0.1", "::a01:203", "fe80::1"].map(some)).toEqual(Array(3).fill(false));
});

it("lets a NAT64 that is listed lead where IPv4 itself may go, and no further", () => {
  const behind = addressPolicy(["64:ff9b::/96", "10.1.0.0/16"], "OUTBOUND_ALLOW");
  expect(["64:ff9b::808:808", "64:ff9b::a01:203"].map(behind)).toEqual([true, true]);
  expect(["64:ff9b::a9fe:a9fe", "64:ff9b::7f00:1", "64:ff9b::a02:1"].map(behind)).toEqual(
    Array(3).fill(false),
  );
});
