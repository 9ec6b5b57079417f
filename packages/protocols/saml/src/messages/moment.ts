import { refuse } from "../errors/refusal.ts";
import type { XmlElement } from "../xml/canonical-reader.ts";
import { dateTime, requiredToken } from "../xml/element.ts";

/** `now`, and the same widened on both sides by the tolerated difference of clocks. */
export interface Moment {
  readonly now: Date;
  readonly earliest: Date;
  readonly latest: Date;
}

export function momentAt(now: Date, clockSkewMs: number): Moment {
  return {
    now,
    earliest: new Date(now.getTime() - clockSkewMs),
    latest: new Date(now.getTime() + clockSkewMs),
  };
}

/** For the record: both times, how far they are apart, and how far they may be. */
export function compareTimes(what: string, time: Date, { now, latest }: Moment): string {
  const apart = Math.round(Math.abs(now.getTime() - time.getTime()) / 1_000);
  const tolerated = Math.round((latest.getTime() - now.getTime()) / 1_000);
  const direction = time < now ? "ago" : "ahead";
  return (
    `${what} is ${time.toISOString()}, our clock says ${now.toISOString()}: ${apart} s ${direction}, ` +
    `${tolerated} s of difference between clocks are tolerated`
  );
}

export function checkIssueInstant(element: XmlElement, moment: Moment): void {
  const issued = dateTime(requiredToken(element, "IssueInstant"));
  if (issued > moment.latest) {
    refuse("issued_in_future", compareTimes(`IssueInstant of the ${element.name}`, issued, moment));
  }
}
