/** Where a crash would hurt most: a test stops or breaks the work there. */
export type Checkpoint =
  | "groupsApplied"
  | "groupsCommitted"
  | "usersLocked"
  | "usersApplied"
  | "usersCommitted";

export type ReachCheckpoint = (checkpoint: Checkpoint) => Promise<void> | void;
