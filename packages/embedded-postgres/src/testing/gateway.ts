// A process that does what the gateway does with the embedded PostgreSQL, for tests to kill.
// Arguments: the options of startEmbeddedPostgres as JSON, and "exit" to exit at once without stop().
// Prints one line of JSON: { url } or { code, message, detail }.
import { EmbeddedPostgresError, startEmbeddedPostgres } from "../index.ts";

const [optionsJson = "{}", afterStart] = process.argv.slice(2);
try {
  const postgres = await startEmbeddedPostgres(JSON.parse(optionsJson));
  process.stdout.write(`${JSON.stringify({ url: postgres.url })}\n`);
  if (afterStart === "exit") process.exit(0);
  // The gateway decides the order of its shutdown, so it does not end at Ctrl-C by itself.
  process.on("SIGINT", () => {});
  process.on("SIGTERM", () => void postgres.stop().then(() => process.exit(0)));
} catch (error) {
  if (!(error instanceof EmbeddedPostgresError)) throw error;
  const { code, message, detail } = error;
  process.stdout.write(`${JSON.stringify({ code, message, detail })}\n`);
}
