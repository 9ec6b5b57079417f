import { describe, expect, it } from "vitest";
import { parseCommandLine, UsageError } from "./command-line.ts";
import { ROLES } from "./process-roles.ts";

describe("parseCommandLine", () => {
  it.each([
    [["dev"], { name: "dev" }],
    [["migrate"], { name: "migrate" }],
    [["new-key"], { name: "new-key" }],
    [["--help"], { name: "help" }],
    [["serve", "-h"], { name: "help" }],
    [["serve"], { name: "serve", roles: new Set(ROLES) }],
    [["serve", "--roles", "scim, broker"], { name: "serve", roles: new Set(["scim", "broker"]) }],
    [["audit", "verify"], { name: "audit verify", organization: undefined, anchors: undefined, json: false }],
    [
      ["audit", "verify", "--organization", "acme", "--anchors=roots.jsonl", "--json"],
      { name: "audit verify", organization: "acme", anchors: "roots.jsonl", json: true },
    ],
    [["serve", "--roles=reconciler"], { name: "serve", roles: new Set(["reconciler"]) }],
  ])("reads %j", (args, command) => {
    expect(parseCommandLine(args)).toEqual(command);
  });

  it.each([
    [[], /Give a command/],
    [["start"], /no command "start"/],
    [["dev", "now"], /no further argument/],
    [["dev", "--roles", "scim"], /goes with serve only/],
    [["serve", "--roles", "scim,smtp"], /no role "smtp"/],
    [["serve", "--roles", ""], /no role ""/],
    [["serve", "--roles"], /roles/],
    [["serve", "--port", "1"], /--port/],
    [["serve", "--json"], /go with audit verify only/],
    [["audit"], /audit verify/],
    [["audit", "seal"], /audit verify/],
    [["audit", "verify", "acme"], /nothing behind it/],
    [["audit", "verify", "--roles", "scim"], /goes with serve only/],
  ])("refuses %j and says what is wrong", (args, message) => {
    expect(() => parseCommandLine(args)).toThrow(UsageError);
    expect(() => parseCommandLine(args)).toThrow(message);
  });
});
