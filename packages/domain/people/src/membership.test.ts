import { describe, expect, it } from "vitest";
import { decideMembership, type MembershipState, refusalOf } from "./membership.ts";

const of = (
  status: MembershipState["status"],
  source: MembershipState["source"],
  directory: MembershipState["directory"],
): MembershipState => ({ id: "m", status, source, directory });

describe("who may sign in", () => {
  const jit = of("active", "jit", null);
  const managed = of("active", "directory", "active");
  it.each([
    ["somebody whom no directory knows", jit, false, "justInTime", null],
    ["the same, where only directories let in", jit, false, "directory", "not_provisioned"],
    [
      "a member by hand, where only directories let in",
      of("active", "manual", null),
      false,
      "directory",
      "not_provisioned",
    ],
    ["somebody whom a directory has active", managed, false, "directory", null],
    ["the same, by what another was once known by", managed, true, "justInTime", null],
    [
      "somebody who says what a directory told of one whom it ended",
      jit,
      true,
      "justInTime",
      "membership_suspended",
    ],
    [
      "a member by hand who says it",
      of("active", "manual", null),
      true,
      "justInTime",
      "membership_suspended",
    ],
    ["somebody suspended", of("suspended", "jit", null), false, "justInTime", "membership_suspended"],
    [
      "a member by hand whom a directory ended",
      of("active", "manual", "ended"),
      false,
      "justInTime",
      "membership_suspended",
    ],
    ["one whom an administrator took over", of("active", "manual", "released"), true, "directory", null],
    [
      "one who was taken over and suspended",
      of("suspended", "manual", "released"),
      false,
      "justInTime",
      "membership_suspended",
    ],
    ["a former member", null, false, "justInTime", "membership_suspended"],
  ] as const)("%s", (_who, membership, ended, policy, expected) => {
    expect(refusalOf(membership, ended, policy)).toBe(expected);
  });
});

describe("what directories make of a membership", () => {
  const active = { gone: false, active: true };
  const inactive = { gone: false, active: false };
  const gone = { gone: true, active: false };
  const { id: _, ...managed } = of("active", "directory", "active");
  const ended = { status: "suspended", source: "directory", directory: "ended" } as const;

  it.each([
    ["of nobody, active", undefined, active, managed],
    ["of nobody, inactive", undefined, inactive, ended],
    ["of nobody, deleted before it was looked at", undefined, gone, null],
    ["a sign-in's, active", of("active", "jit", null), active, managed],
    ["a sign-in's, inactive", of("active", "jit", null), inactive, ended],
    ["its own, as it was", of("active", "directory", "active"), active, null],
    ["its own, deleted", of("active", "directory", "active"), gone, ended],
    ["its own, back again", of("suspended", "directory", "ended"), active, managed],
    [
      "one by hand, active",
      of("active", "manual", null),
      active,
      { status: "active", source: "manual", directory: "active" },
    ],
    [
      "one by hand, inactive",
      of("active", "manual", "active"),
      inactive,
      { status: "active", source: "manual", directory: "ended" },
    ],
    ["one that was taken over", of("active", "manual", "released"), inactive, null],
  ] as const)("%s", (_which, current, says, expected) => {
    expect(decideMembership(current, says)).toEqual(expected);
  });
});
