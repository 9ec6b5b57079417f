export type { AccessPolicy, Precedence, Seats } from "./policy.ts";
export { findFreeSeats, offerSeats, readSeatUse, type SeatUse } from "./seats.ts";
export { planPolicy, readPolicy, setPolicy } from "./settings.ts";
