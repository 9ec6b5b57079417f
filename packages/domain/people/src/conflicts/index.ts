export { type ConflictView, findConflict, listConflicts, type Party } from "./list.ts";
export { ConflictRefused, keepApart, linkUsers, type Settled } from "./settle.ts";
