// Compresses the built files once, at the best level, so that serving them costs nothing.
import { readdir, readFile, writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

const folder = new URL("../dist/web/assets/", import.meta.url);
const brotli = promisify(brotliCompress);
const zip = promisify(gzip);

for (const name of await readdir(folder)) {
  if (!/\.(js|css|svg)$/.test(name)) {
    continue;
  }
  const file = new URL(name, folder);
  const content = await readFile(file);
  const params = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY };
  await writeFile(new URL(`${name}.br`, folder), await brotli(content, { params }));
  await writeFile(new URL(`${name}.gz`, folder), await zip(content, { level: 9 }));
}
