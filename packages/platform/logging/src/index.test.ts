import { expect, it } from "vitest";
import { createLogger } from "./index.ts";

it("writes a JSON line with the level's name and without secrets at any depth", () => {
  const lines: string[] = [];
  const log = createLogger({ destination: { write: (line) => lines.push(line) } });
  log.info(
    { requestId: "r1", headers: { authorization: "Bearer abc" }, req: { body: { password: "abc" } } },
    "hello",
  );
  const line: unknown = JSON.parse(lines[0] ?? "");
  expect(line).toMatchObject({
    level: "info",
    msg: "hello",
    requestId: "r1",
    headers: { authorization: "[redacted]" },
    req: { body: { password: "[redacted]" } },
  });
  expect(lines.join()).not.toContain("abc");
});
