import type { Exchange } from "./exchange.ts";
import type { Member } from "./outcome.ts";

const colour = (code: number) => (text: string) =>
  process.stdout.isTTY && process.env.NO_COLOR === undefined ? `\x1b[${code}m${text}\x1b[0m` : text;
const bold = colour(1);
const soft = colour(2);
const red = colour(31);
const green = colour(32);

export function say(line = ""): void {
  process.stdout.write(`${line}\n`);
}

export function heading(text: string): void {
  say(`\n${bold(text)}`);
}

/** One exchange as it happens: what was sent, what came back, how long it took. */
export function showExchange({ request, status, ms, answer }: Exchange): void {
  const verdict = status < 400 ? green(String(status)) : red(String(status));
  say(`  ${verdict} ${request.method.padEnd(6)}${request.path} ${soft(`${Math.round(ms)} ms`)}`);
  if (request.body !== undefined) {
    say(soft(`      → ${oneLine(request.body)}`));
  }
  if (answer !== undefined) {
    say(soft(`      ← ${oneLine(answer)}`));
  }
}

export function showMembers(members: readonly Member[]): void {
  const rows = members.map((member) => [
    member.email ?? "",
    member.status,
    member.source,
    member.roles.join(", "),
    member.groups.join(", "),
  ]);
  const table = [["EMAIL", "STATUS", "SOURCE", "ROLES", "GROUPS"], ...rows];
  const widths = (table[0] ?? []).map((_, column) =>
    Math.max(...table.map((row) => row[column]?.length ?? 0)),
  );
  for (const [index, row] of table.entries()) {
    const line = `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")}`.trimEnd();
    say(index === 0 ? bold(line) : row[1] === "suspended" ? red(line) : line);
  }
}

function oneLine(value: unknown): string {
  const text = JSON.stringify(value, (key, part: unknown) => (key === "password" ? "…" : part));
  return text.length > 160 ? `${text.slice(0, 159)}…` : text;
}
