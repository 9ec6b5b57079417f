/** The long run: npm run differential -w @sallyport/saml [mutants] [seed]; exits 1 on any difference. */

import { compare } from "./differential.ts";

const [count = "100000", seed = String(Date.now() % 1_000_000)] = process.argv.slice(2);
const report = await compare(Number(count), Number(seed));
const lines = [
  `seed ${seed}: ${report.mutants} mutants, ${report.accepted} accepted (${report.acceptedChanged} of them changed), ${report.differences.length} differences`,
  ...[...report.refusals]
    .sort((a, b) => b[1] - a[1])
    .map(([code, times]) => `  ${String(times).padStart(7)}  ${code}`),
  ...[...report.explained].map(
    ([name, times]) => `  ${String(times).padStart(7)}  refused by node-saml: ${name}`,
  ),
  ...report.differences
    .slice(0, 20)
    .map(({ seed, number, reason, xml }) => `\n#${number} from ${seed}: ${reason}\n${xml}`),
];
process.stdout.write(`${lines.join("\n")}\n`);
process.exitCode = report.differences.length === 0 ? 0 : 1;
