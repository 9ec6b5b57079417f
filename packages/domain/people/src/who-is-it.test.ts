import { describe, expect, it } from "vitest";
import type { MembershipState } from "./membership.ts";
import {
  decideFirstLogin,
  decidePushedUser,
  type FirstLogin,
  type Match,
  type UserByAddress,
} from "./who-is-it.ts";

const membership = (changes: Partial<MembershipState> = {}): MembershipState => ({
  id: "m",
  status: "active",
  source: "directory",
  directory: "active",
  ...changes,
});

const user = (userId: string, changes: Partial<UserByAddress> = {}): UserByAddress => ({
  userId,
  membership: membership(),
  proven: true,
  primary: true,
  ...changes,
});
const asserted = (userId: string) => user(userId, { proven: false, primary: false });
const secondary = (userId: string) => user(userId, { primary: false });
const suspended = (userId: string) => user(userId, { membership: membership({ status: "suspended" }) });
const ended = (userId: string) =>
  user(userId, { membership: membership({ source: "manual", directory: "ended" }) });
const released = (userId: string) =>
  user(userId, { membership: membership({ source: "manual", directory: "released" }) });
const former = (userId: string) => user(userId, { membership: null });

describe("a first login", () => {
  const login = (changes: Partial<FirstLogin>): FirstLogin => ({
    ended: false,
    addressVerified: true,
    bySubject: [],
    byAddress: [],
    ...changes,
  });
  const outcome = (changes: Partial<FirstLogin>) => {
    const decision = decideFirstLogin(login(changes));
    if (decision.action === "refuse") {
      return "refuse";
    }
    const rivals = decision.rivals.length === 0 ? "" : `, conflict with ${decision.rivals.join(", ")}`;
    return decision.action === "link" ? `link ${decision.user.userId}${rivals}` : `create${rivals}`;
  };

  it.each<[string, Partial<FirstLogin>, string]>([
    ["of nobody known", {}, "create"],
    ["with the address of one who holds it by proof", { byAddress: [user("a")] }, "link a"],
    ["with an address that was merely asserted", { byAddress: [asserted("a")] }, "create, conflict with a"],
    [
      "whose address is not verified, with that of one who holds it by proof",
      { addressVerified: false, byAddress: [user("a")] },
      "create, conflict with a",
    ],
    [
      "with an address that two hold by proof",
      { byAddress: [user("a"), user("b")] },
      "create, conflict with a, b",
    ],
    [
      "with an address that one holds and another asserted",
      { byAddress: [asserted("x"), user("a")] },
      "link a, conflict with x",
    ],
    [
      "with one's own address, which another added to theirs",
      { byAddress: [secondary("x"), user("a")] },
      "link a, conflict with x",
    ],
    ["with an address that one has besides their own", { byAddress: [secondary("a")] }, "link a"],
    [
      "with an address that two have besides their own",
      { byAddress: [secondary("a"), secondary("b")] },
      "create, conflict with a, b",
    ],
    [
      "with an address of somebody suspended, which another added to theirs",
      { byAddress: [suspended("a"), secondary("x")] },
      "refuse",
    ],
    [
      "with an address of a former member, which another asserts",
      { byAddress: [former("a"), asserted("x")] },
      "refuse",
    ],
    [
      "with an address of somebody suspended, which is another's own since",
      { byAddress: [suspended("a"), user("b")] },
      "link b, conflict with a",
    ],
    [
      "by the subject, with an address of somebody suspended",
      { bySubject: [user("a")], byAddress: [suspended("b")] },
      "link a, conflict with b",
    ],
    ["with an address of somebody suspended", { byAddress: [suspended("a")] }, "refuse"],
    ["with an address of somebody whom a directory ended", { byAddress: [ended("a")] }, "refuse"],
    ["with an address of a former member", { byAddress: [former("a")] }, "refuse"],
    [
      "unverified, with an address of somebody suspended",
      { addressVerified: false, byAddress: [suspended("a")] },
      "refuse",
    ],
    ["by what a directory told of somebody whom it ended", { ended: true }, "refuse"],
    [
      "of such a one, though somebody active has the address",
      { ended: true, byAddress: [user("a")] },
      "refuse",
    ],
    ["by the subject that a directory knows", { bySubject: [user("a")] }, "link a"],
    [
      "by that subject, whatever the address's state",
      { addressVerified: false, bySubject: [user("a")], byAddress: [user("a")] },
      "link a",
    ],
    [
      "by that subject, with another's address",
      { bySubject: [user("a")], byAddress: [user("b")] },
      "link a, conflict with b",
    ],
    [
      "by a subject that two directories know",
      { bySubject: [user("a"), user("b")] },
      "create, conflict with a, b",
    ],
    [
      "by what a directory told of one whom an administrator took over",
      { ended: true, byAddress: [released("a")] },
      "link a",
    ],
    [
      "by the same, with an unverified address",
      { ended: true, addressVerified: false, byAddress: [released("a")] },
      "refuse",
    ],
    ["by the subject of somebody suspended", { bySubject: [suspended("a")] }, "refuse"],
  ])("%s", (_who, changes, expected) => {
    expect(outcome(changes)).toBe(expected);
  });
});

describe("a directory user", () => {
  const match = (userId: string, changes: Partial<Match> = {}): Match => ({
    ...{ userId, taken: false, disputed: false, evidence: "proof" },
    ...changes,
  });
  const free = (userId: string) => match(userId);
  const taken = (userId: string) => match(userId, { taken: true });
  const disputed = (userId: string) => match(userId, { disputed: true });
  const leaver = (userId: string) => match(userId, { evidence: "secondaryAddress" });
  const claimant = (userId: string) => match(userId, { evidence: "assertion" });
  const linked = (userId: string) => ({ userId, placeholder: false });
  const placeholder = (userId: string) => ({ userId, placeholder: true });
  const create = null;

  it.each([
    ["that nobody matches", null, [], create, []],
    ["that one matches", null, [free("a")], "a", []],
    ["that two match", null, [free("a"), free("b")], create, ["a", "b"]],
    [
      "that matches one for whom another active user of its directory stands",
      null,
      [taken("a")],
      create,
      ["a"],
    ],
    ["whose address somebody merely asserts", null, [claimant("x")], create, ["x"]],
    ["whose address one holds and another asserts", null, [claimant("x"), free("a")], "a", ["x"]],
    ["that has a leaver's address beside its own", null, [leaver("a")], create, ["a"]],
    ["whose user nobody signed in as, and that has one", placeholder("a"), [leaver("b")], "a", ["b"]],
    ["that matches one, and a taken one", null, [taken("a"), free("b")], "b", ["a"]],
    [
      "whose user nobody signed in as, and that matches one with whom it has a conflict",
      placeholder("a"),
      [disputed("b")],
      "a",
      ["b"],
    ],
    [
      "whose user nobody signed in as, and that matches such a one and another",
      placeholder("a"),
      [disputed("b"), free("c")],
      "c",
      ["b"],
    ],
    ["that is linked, and matches nobody else", linked("a"), [free("a")], "a", []],
    ["that is linked, and matches another", linked("a"), [free("b")], "a", ["b"]],
    ["whose user nobody signed in as, and that one matches", placeholder("a"), [free("b")], "b", []],
    [
      "whose user nobody signed in as, and that two match",
      placeholder("a"),
      [free("b"), free("c")],
      "a",
      ["b", "c"],
    ],
    [
      "whose user nobody signed in as, and that matches a taken one",
      placeholder("a"),
      [taken("b")],
      "a",
      ["b"],
    ],
  ] as const)("%s", (_who, link, matches, userId, rivals) => {
    expect(decidePushedUser({ linked: link, matches })).toEqual({ userId, rivals });
  });
});
