import { v7 } from "uuid";

/** A new row id: UUIDv7 (RFC 9562), so that indexes grow at their right edge and ids sort by creation. */
export function newId(): string {
  return v7();
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Whether a string from outside can be an id at all; PostgreSQL raises an error on what is not. Case as we print it. */
export function isId(value: string): boolean {
  return UUID.test(value);
}
