import { randomFillSync } from "node:crypto";
import { v7 } from "uuid";

/** A new row id: UUIDv7 (RFC 9562), so that indexes grow at their right edge and ids sort by creation. */
export function newId(): string {
  const random = randomBytes();
  const now = Date.now();
  if (now > millisecond) {
    millisecond = now;
    sequence = random.readUInt32BE(6) >>> 1;
  } else {
    sequence += 1; // no more than 2^31 ids in a millisecond
  }
  return v7({ random, msecs: millisecond, seq: sequence });
}

let millisecond = 0;
let sequence = 0;

// One system call for many ids: a request makes several.
const pool = Buffer.alloc(4096);
const BYTES = 16;
let taken = pool.length;

function randomBytes(): Buffer {
  if (taken === pool.length) {
    randomFillSync(pool);
    taken = 0;
  }
  taken += BYTES;
  return pool.subarray(taken - BYTES, taken);
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Whether a string from outside can be an id at all; PostgreSQL raises an error on what is not. Case as we print it. */
export function isId(value: string): boolean {
  return UUID.test(value);
}

/**
 * The least UUIDv7 of a moment (RFC 9562, 5.7): ids sort by creation, so an index on ids serves as one on age.
 */
export function firstIdOf(moment: Date): string {
  const millis = moment.getTime().toString(16).padStart(12, "0");
  return `${millis.slice(0, 8)}-${millis.slice(8)}-7000-8000-000000000000`;
}
