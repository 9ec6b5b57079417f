import { describe, expect, it } from "vitest";
import { nearKeysOf, splitMappings } from "./near-groups.ts";

const mapping = (groupKey: string) => ({ roleId: `role of ${groupKey}`, role: "admin", groupKey });

describe("a group that nearly has a mapping", () => {
  it.each([
    ["/Engineering", "engineering"],
    ["Engineering", "/engineering"],
    ["Engineering/", "engineering"],
    ["/Acme/Engineering", "engineering"],
    [" Engineering ", "engineering"],
    ["Site  Reliability", "site reliability"],
    ["Site Reliability", "site-reliability"],
    ["Site Reliability", "site_reliability"],
    ["Site Reliability", "sitereliability"],
    ["site-reliability", "site reliability"],
  ])("%j is looked up as %j, and told apart from what it names", (group, mapped) => {
    expect(nearKeysOf([group])).toContain(mapped);
    expect(splitMappings([group], [mapping(mapped), mapping("")])).toEqual({
      roles: [mapping("")],
      nearGroups: [{ group, mapped }],
    });
  });

  it("is none where it has one, and gives no role by a name beside it", () => {
    const found = [mapping("engineering"), mapping("/engineering")];
    expect(splitMappings(["Engineering"], found)).toEqual({
      roles: [mapping("engineering")],
      nearGroups: [],
    });
    expect(nearKeysOf(["engineering"])).not.toContain("engineering");
  });

  it("is looked for among the first hundred groups", () => {
    const groups = Array.from({ length: 2_000 }, (_, n) => `Group ${n}`);
    expect(nearKeysOf(groups).length).toBeLessThan(1_000);
  });
});
