/** Where a crash would hurt most: a test stops or breaks the work there. */
export type Checkpoint = "groupsApplied" | "usersTaken" | "usersApplied" | "committed";

export type ReachCheckpoint = (checkpoint: Checkpoint) => Promise<void> | void;
