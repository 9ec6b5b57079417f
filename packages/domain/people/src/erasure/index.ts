export {
  claimDueErasure,
  countDeletedFor,
  type Erasure,
  extendClaim,
  findErasure,
  noteDeleted,
  requestErasure,
} from "./erasures.ts";
export {
  deleteNameless,
  deletePerson,
  dropErasure,
  endAccessForErasure,
  findPerson,
  isStillGone,
  type KnownPerson,
  readPerson,
  sharedAmong,
  sharedNames,
} from "./person.ts";
