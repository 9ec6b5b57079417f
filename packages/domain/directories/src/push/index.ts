/**
 * What a SCIM request writes, in one statement with its row of the request log and its event. The SCIM server runs these
 * statements; what it reads, and how it shows it, is its own.
 *
 * - `users.ts`, `groups.ts`: the statements
 * - `command.ts`: what a statement is, and what it takes and returns
 * - `live.ts`: nothing is written, or shown, once the token or the directory has ended
 * - `journal.ts`: the row of the request log, and the event
 * - `request-log.ts`: requests that changed nothing
 */
export type { Command, PushedChange, Query, Taken } from "./command.ts";
export { CHANGE_MEMBERS, CREATE_GROUP, DELETE_GROUP, notUsers, UPDATE_GROUP } from "./groups.ts";
export { journalValues } from "./journal.ts";
export { live, liveValues, whileLive } from "./live.ts";
export { logRequests } from "./request-log.ts";
export { CREATE_USERS, DELETE_USER, LOCK_USER, UPDATE_USERS } from "./users.ts";
