import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { PrismaPg } from "@prisma/adapter-pg";
import { bindMigrationAwareSqlAdapterFactory } from "@prisma/driver-adapter-utils";
import * as bindings from "@prisma/schema-engine-wasm/schema_engine_bg";
import { openPool } from "./pool.ts";

export type SchemaEngine = bindings.SchemaEngine;

let loaded: Promise<void> | undefined;

/**
 * Lends Prisma's own schema engine, as WebAssembly in this process: migrations need no binary and no download, also
 * on an air-gapped site. Its connections are closed when `work` ends.
 */
export async function withSchemaEngine<Result>(
  url: string,
  schema: string,
  work: (engine: SchemaEngine) => Promise<Result>,
): Promise<Result> {
  loaded ??= instantiate();
  await loaded;
  const config = { connectionString: url, application_name: "sallyport migrate" };
  const pool = openPool(config, () => undefined); // what breaks in use is told by its statement
  const adapter = new WholeScripts(pool);
  try {
    const engine = await bindings.SchemaEngine.new(
      { datamodels: [["schema.prisma", schema]] },
      () => undefined, // the engine's debug log
      bindMigrationAwareSqlAdapterFactory(adapter),
    );
    try {
      return await work(engine);
    } finally {
      engine.free();
    }
  } finally {
    await pool.end();
  }
}

/**
 * Prisma's adapter, but for scripts: that one cuts them at each semicolon and commits each piece by itself, so that a
 * migration which fails half-way would stay half applied. As one query of the simple protocol, which one without arguments is, a script is one transaction.
 */
class WholeScripts extends PrismaPg {
  override async connect(): ReturnType<PrismaPg["connect"]> {
    const adapter = await super.connect();
    adapter.executeScript = async (script) => {
      await adapter.executeRaw({ sql: script, args: [], argTypes: [] });
    };
    return adapter;
  }
}

// @types/node leaves WebAssembly to the DOM library, which a server has no other use for.
interface WasmRuntime {
  instantiate(
    bytes: Uint8Array,
    imports: object,
  ): Promise<{ instance: { exports: Record<string, unknown> } }>;
}

async function instantiate(): Promise<void> {
  const file = createRequire(import.meta.url)
    .resolve("@prisma/schema-engine-wasm/schema_engine_bg")
    .replace(/\.js$/, ".wasm");
  const { WebAssembly } = globalThis as unknown as { WebAssembly: WasmRuntime };
  const { instance } = await WebAssembly.instantiate(await readFile(file), {
    "./schema_engine_bg.js": bindings,
  });
  const internals = bindings as unknown as { __wbg_set_wasm(exports: object): void };
  internals.__wbg_set_wasm(instance.exports);
  const start = instance.exports.__wbindgen_start;
  if (typeof start !== "function") {
    throw new Error("The schema engine's WebAssembly has no start function");
  }
  start();
}
