import { chmodSync, mkdirSync, openSync, statSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Makes the folder of development secrets, log and embedded PostgreSQL, closed to other users. Root's may be passed
 * through, but not looked into: its PostgreSQL runs as somebody else. One that is there already is left as it is.
 */
export function makeDataFolder(path: string): void {
  mkdirSync(path, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
}

/** Opens a file to write on at its end, readable by its owner only, also where an older version has left it open to all. */
export function openPrivateFile(path: string): number {
  makeDataFolder(dirname(path));
  const descriptor = openSync(path, "a", 0o600);
  if ((statSync(path).mode & 0o077) !== 0) {
    chmodSync(path, 0o600);
  }
  return descriptor;
}
