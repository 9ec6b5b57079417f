// Prints the SQL from the last migration to schema.prisma: the body of the next prisma/migrations/<name>/migration.sql.
// Usage: npm run db:diff (starts a PostgreSQL of its own: the diff replays the migrations in an empty database)
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmbeddedPostgres } from "@sallyport/embedded-postgres";
import { diffSchema } from "../migrations.ts";

const dataDir = await mkdtemp(join(tmpdir(), "sallyport-diff-"));
const postgres = await startEmbeddedPostgres({ dataDir, ephemeral: true });
try {
  process.stdout.write(await diffSchema(postgres.url));
} finally {
  await postgres.stop();
}
