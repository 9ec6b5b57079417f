import type { EventDraft } from "@sallyport/events";
import type { Membership } from "./membership.ts";

const EVENTS = {
  active: "membership.activated",
  suspended: "membership.suspended",
  waiting: "membership.waiting",
} as const;

/**
 * What a change of a membership tells: of its status, and of who speaks for it. What directories say has an event of its
 * own only where it does not show in the status.
 */
export function membershipEvents(
  organizationId: string,
  before: Membership,
  after: Membership,
): EventDraft[] {
  const events: EventDraft[] = [];
  const resource = { type: "membership", id: after.id } as const;
  const data = { userId: after.userId };
  const sourceChanged = before.source !== after.source;
  const directoryChanged = before.directory !== after.directory && before.status === after.status;
  if (sourceChanged || directoryChanged) {
    const changesOf = ({ source, directory }: Membership) => ({
      ...(sourceChanged ? { source } : {}),
      ...(directoryChanged ? { directory } : {}),
    });
    events.push({
      organizationId,
      type: "membership.updated",
      resource,
      before: changesOf(before),
      after: changesOf(after),
      data,
    });
  }
  if (before.status !== after.status) {
    events.push({
      organizationId,
      type: EVENTS[after.status],
      resource,
      before: { status: before.status },
      after: { status: after.status },
      data,
    });
  }
  return events;
}
