import { type Database, newId } from "@sallyport/database";
import { type Event, recordEvents } from "@sallyport/events";

/** Who records events, as a directory that pushes people and the worker behind it do. */
export interface Writers {
  /** So many events, by eight at once, in transactions of one to eight. */
  write(events: number): Promise<void>;
}

const LANES = 8;
const MOST_OF_A_TRANSACTION = 8;

export function createWriters(database: Database, organizations: readonly string[]): Writers {
  let turn = 0;
  return {
    async write(events) {
      let left = events;
      const lane = async () => {
        while (left > 0) {
          const count = Math.min(left, 1 + (turn % MOST_OF_A_TRANSACTION));
          left -= count;
          const organizationId = organizations[turn++ % organizations.length] ?? "";
          await database.transaction((sql) =>
            recordEvents(
              sql,
              Array.from({ length: count }, (_, index) => eventOf(organizationId, index)),
            ),
          );
        }
      };
      await Promise.all(Array.from({ length: LANES }, lane));
    },
  };
}

/** The usual ones: somebody is pushed, becomes a user and a member, and signs in. */
function eventOf(organizationId: string, index: number): Event {
  const [id, userId] = [newId(), newId()];
  const [actor, ip] = [{ type: "directory", id: newId() } as const, "192.0.2.1"];
  const name = { name: "Jo Example", givenName: "Jo", familyName: "Example" };
  const all: readonly Event[] = [
    {
      organizationId,
      type: "session.created",
      resource: { type: "session", id },
      after: { userId, connectionId: newId(), identityId: newId() },
      ...{ actor: { type: "user", id: userId }, requestId: newId(), ip },
    },
    {
      organizationId,
      type: "user.updated",
      resource: { type: "user", id },
      before: { ...name, name: "J. Example" },
      after: name,
      ...{ actor, requestId: newId(), ip },
    },
    {
      organizationId,
      type: "membership.suspended",
      resource: { type: "membership", id },
      before: { status: "active" },
      after: { status: "suspended" },
      data: { userId },
      actor: { type: "system" },
    },
  ];
  const [first] = all;
  if (first === undefined) {
    throw new Error("there are no events");
  }
  return all[index % all.length] ?? first;
}

/** Resolves to their ids. */
export async function addOrganizations(database: Database, count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, () => newId());
  await database.prisma.organization.createMany({
    data: ids.map((id) => ({ id, slug: id, name: id })),
  });
  return ids;
}
