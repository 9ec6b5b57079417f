// A process that does what the gateway does with the embedded PostgreSQL, for tests to kill.
// Arguments: the options of startEmbeddedPostgres as JSON, and "exit" to exit at once without stop().
// Prints one line of JSON: { url } or { code, message, detail }.
import { EmbeddedPostgresError, startEmbeddedPostgres } from "../index.ts";

const [optionsJson = "{}", afterStart] = process.argv.slice(2);
process.on("SIGINT", () => {}); // the gateway decides when it ends, and in which order
try {
  const postgres = await startEmbeddedPostgres(JSON.parse(optionsJson));
  process.on("SIGTERM", () => void postgres.stop().then(() => process.exit(0)));
  process.stdout.write(`${JSON.stringify({ url: postgres.url })}\n`);
  if (afterStart === "exit") {
    process.exit(0);
  }
} catch (error) {
  if (!(error instanceof EmbeddedPostgresError)) {
    throw error;
  }
  const { code, message, detail } = error;
  process.stdout.write(`${JSON.stringify({ code, message, detail })}\n`);
}
