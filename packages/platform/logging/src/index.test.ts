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

it("tells an error's code, and never an authorization code", () => {
  const lines: string[] = [];
  const log = createLogger({ destination: { write: (line) => lines.push(line) } });
  const codes = ["ECONNREFUSED", "UND_ERR_CONNECT_TIMEOUT", "57P01", "23505", "outbound_failed"];
  for (const code of codes) {
    log.error({ err: Object.assign(new Error("down"), { code }) }, "failed");
  }
  expect(lines.map((line) => (JSON.parse(line) as { err: { errorCode: string } }).err.errorCode)).toEqual(
    codes,
  );

  const secret = "Jv4lRzQ0c9nT-x2KqYb7_WmEoP1sUaHd";
  for (const code of [secret, "abcdef", "ABC-DEF", "A".repeat(64)]) {
    log.error(
      { err: Object.assign(new Error("no"), { code }), code, query: { code }, body: { code } },
      "failed",
    );
    expect(lines.at(-1)).not.toContain(code);
  }
  for (const err of ["thrown", null, 7]) {
    log.error({ err }, "no error at all");
    expect(JSON.parse(lines.at(-1) ?? "")).toMatchObject({ err, msg: "no error at all" });
  }
  log.info(
    { code: "ECONNREFUSED", query: { code: "outbound_failed" } },
    "a parameter of that name is no error's",
  );
  expect(lines.at(-1)).not.toMatch(/ECONNREFUSED|outbound_failed/);
});
