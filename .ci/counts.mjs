// Prints "N passed, N failed" of vitest's JSON reports. What failed outside of a test counts as one failure: a file that
// does not load, and, where the first argument is "false", a run that failed for no reason that a report names.
import { readFileSync } from "node:fs";

const [runPassed, ...reports] = process.argv.slice(2);
const testResults = reports.flatMap((report) => JSON.parse(readFileSync(report, "utf8")).testResults);
const statuses = testResults.flatMap(({ status, assertionResults }) => {
  const tests = assertionResults.map((test) => test.status);
  return status === "failed" && !tests.includes("failed") ? [...tests, "failed"] : tests;
});
if (runPassed === "false" && !statuses.includes("failed")) {
  statuses.push("failed");
}

const count = (status) => statuses.filter((one) => one === status).length;
process.stdout.write(`${count("passed")} passed, ${count("failed")} failed\n`);
