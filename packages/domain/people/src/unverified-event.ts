import type { EventDraft } from "@sallyport/events";

/** The event of a user whose address is verified no longer. */
export function unverifiedEvent(organizationId: string, userId: string): EventDraft {
  return {
    organizationId,
    type: "user.updated",
    resource: { type: "user", id: userId },
    before: { emailVerified: true },
    after: { emailVerified: false },
  };
}
