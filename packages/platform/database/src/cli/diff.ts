// Prints the SQL from the committed prisma/schema.prisma to the one in the work tree: the body of the next
// prisma/migrations/<time>_<name>/migration.sql. Usage: npm run db:diff
import { execFileSync } from "node:child_process";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmbeddedPostgres } from "@sallyport/embedded-postgres";
import { diffSchemas, readSchema } from "../migrations.ts";

const committed = execFileSync("git", ["show", "HEAD:prisma/schema.prisma"], { encoding: "utf8" });
const dataDir = await mkdtemp(join(tmpdir(), "sallyport-diff-"));
const postgres = await startEmbeddedPostgres({ dataDir, ephemeral: true });
try {
  process.stdout.write(await diffSchemas(postgres.url, committed, await readSchema()));
} finally {
  await postgres.stop();
}
