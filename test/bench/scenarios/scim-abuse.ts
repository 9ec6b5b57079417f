import { defined } from "@sallyport/defined";
import type { Call } from "@sallyport/testing-browser";
import { z } from "zod";
import type { Scenario } from "../scenario.ts";
import { addCopies, PROVISIONED } from "../world/copies.ts";
import { connectScim } from "../world/scim-client.ts";
import type { World } from "../world/world.ts";
import { pushUsers, userNames } from "./people.ts";
import { lookUps } from "./scim-look-up.ts";

const SLUG = "scim-abuse";
/** So few that it is the abuse that would make them wait, and not each other. */
const LANES = 2;
const USERS = 100;
const MEMBERS = 100_000;
const LARGE_USERS = 24;
const USER = "urn:ietf:params:scim:schemas:core:2.0:User";
const GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group";
const PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
const BULK = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";

/** What takes long, or is too much: how it is answered. */
interface Abuse {
  readonly name: string;
  readonly method: Call["method"];
  readonly path: string;
  readonly body?: string;
  readonly status: number;
}

/**
 * Another tenant's look-ups while a directory sends what costs most. Beside their latency it tells how long the event
 * loop was held at most meanwhile, by each kind: 0.05 s is what no request may reach.
 */
export const scimAbuse: Scenario = {
  name: SLUG,
  title: "SCIM look-up, 2 at once, beside abuse",
  unit: "look-up",
  concurrency: LANES,
  async prepare(world) {
    const { sallyport } = world;
    const { scim, settle } = await sallyport.addDirectory(`${SLUG}-other`);
    const names = userNames(USERS, `${SLUG}-other`);
    await pushUsers(scim, names);
    await settle();
    const { commit, abuses } = await prepareAbuses(world);
    const workload = lookUps(sallyport, scim, names);
    return {
      ...workload,
      async round(load) {
        const end = performance.now() + load.seconds * 1000;
        let abusing = true;
        const abuse = async () => {
          const held = new Map<string, number>();
          await eventLoopHeld(world);
          do {
            for (const each of abuses) {
              await commit(each).catch((error: unknown) => load.fail(`${each.name}: ${error}`));
              held.set(each.name, Math.max(held.get(each.name) ?? 0, await eventLoopHeld(world)));
            }
          } while (performance.now() < end);
          for (const [name, seconds] of held) {
            load.tell(name, seconds);
          }
        };
        const done = abuse().finally(() => {
          abusing = false;
        });
        await load.during(
          () => abusing,
          async () => {
            if ((await scim.findByUserName(names[0] ?? "")) !== 1) {
              throw new Error("the user was not found");
            }
          },
        );
        await done;
      },
      sample: (load) => workload.round(load),
      settle,
    };
  },
};

async function prepareAbuses({ management, http, postgres }: World) {
  const { id: organizationId } = await management.addOrganization(SLUG, `${SLUG}.bench.test`);
  const directory = await management.addDirectory(SLUG);
  const client = connectScim(http, directory);
  const send = (method: Call["method"], path: string, body?: string) =>
    http.send(`${directory.baseUrl}${path}`, {
      method,
      headers: { authorization: `Bearer ${directory.token}`, "content-type": "application/scim+json" },
      ...defined({ body }),
    });
  const [email = ""] = userNames(1, SLUG);
  await pushUsers(client, [email]);
  await addCopies(postgres, { organizationId, email, name: "user-0" }, PROVISIONED, 1, MEMBERS - 1);
  const members = z
    .array(z.object({ id: z.string() }))
    .parse(
      await postgres.query("select id from directory_users where organization_id = $1", [organizationId]),
    )
    .map(({ id }, index) => ({ value: id, display: `user-${index} Example of it` }));
  const { id: user } = await client.createUser(`victim@${SLUG}.bench.test`);
  const { id: group } = await client.createGroup("Everyone");
  const largeUser = (index: number) =>
    JSON.stringify({
      schemas: [USER],
      userName: `large-${index}`,
      externalId: "large",
      roles: values(25, 10_000),
    });
  for (let index = 0; index < LARGE_USERS; index += 1) {
    await send("POST", "/Users", largeUser(index));
  }

  const patchOf = (Operations: readonly object[]) => JSON.stringify({ schemas: [PATCH], Operations });
  const addsTo = (path: string, elements: readonly object[]) =>
    patchOf(elements.map((element) => ({ op: "add", path, value: [element] })));
  const put = { schemas: [GROUP], displayName: "Everyone", members };
  const terms = (count: number) =>
    Array.from({ length: count }, (_, index) => `emails co "${index}"`).join(" or ");
  const add = { op: "add", path: "roles", value: values(3_500, 40) };
  const bulk = Array.from({ length: 18 }, () => ({
    ...{ method: "PATCH", path: `/Users/${user}` },
    data: { schemas: [PATCH], Operations: [{ op: "remove", path: "ims" }, add] },
  }));
  const abuses: readonly Abuse[] = [
    abuse("3,000 adds in one PATCH", "PATCH", `/Users/${user}`, 200, addsTo("ims", values(3_000, 12))),
    abuse("a PATCH of 900 KB", "PATCH", `/Users/${user}`, 413, addsTo("roles", values(90, 10_000))),
    abuse("a PATCH of 9 MB", "PATCH", `/Users/${user}`, 413, addsTo("roles", values(900, 10_000))),
    abuse("a list of 24 large users", "GET", "/Users?filter=externalId%20eq%20%22large%22&count=1000", 200),
    abuse(
      "a filter of 200 comparisons",
      "GET",
      `/Groups?filter=${encodeURIComponent(displayNames(200))}`,
      200,
    ),
    abuse("a search by 100 emails", "POST", "/Users/.search", 200, searchFor(terms(100))),
    abuse("PUT of 100,000 members", "PUT", `/Groups/${group}`, 200, JSON.stringify(put)),
    abuse("GET of 100,000 members", "GET", `/Groups/${group}`, 200),
    abuse("removal of 20,000 members by filters", "PATCH", `/Groups/${group}`, 204, removals(members)),
    abuse("Bulk of 4 MB", "POST", "/Bulk", 200, JSON.stringify({ schemas: [BULK], Operations: bulk })),
    abuse("10 MB of brackets", "POST", "/Groups", 413, `[${"{},".repeat(3_000_000)}{}]`),
  ];
  return {
    abuses,
    async commit({ method, path, body, status }: Abuse) {
      const answer = await send(method, path, body).catch(refusedMeanwhile(status));
      if (answer !== undefined && answer.status !== status) {
        throw new Error(`was answered ${answer.status}: ${answer.body.slice(0, 200)}`);
      }
    },
  };

  function removals(all: readonly { value: string }[]): string {
    const paths = Array.from({ length: 20 }, (_, index) =>
      all
        .slice(index * 1_000, index * 1_000 + 1_000)
        .map(({ value }) => `value eq "${value}"`)
        .join(" or "),
    );
    return patchOf(paths.map((filter) => ({ op: "remove", path: `members[${filter}]` })));
  }
}

function abuse(name: string, method: Call["method"], path: string, status: number, body?: string): Abuse {
  return { name, method, path, status, ...defined({ body }) };
}

/** A server that refuses a body before its end closes the connection: a client that still writes may see only that. */
function refusedMeanwhile(status: number) {
  return (error: unknown): undefined => {
    if (status !== 413) {
      throw error;
    }
  };
}

/** So many texts of `length` characters each, all different. */
function values(count: number, length: number): { value: string }[] {
  return Array.from({ length: count }, (_, index) => ({ value: `${index}-`.padEnd(length, "x") }));
}

function displayNames(count: number): string {
  return Array.from({ length: count }, (_, index) => `displayName eq "${index}"`).join(" or ");
}

function searchFor(filter: string): string {
  return JSON.stringify({
    schemas: ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],
    filter,
    count: 10,
  });
}

/** How long the gateway's event loop was held at most since this was last asked for. Seconds. */
async function eventLoopHeld({ gateway }: World): Promise<number> {
  const [, longest] = /^nodejs_eventloop_lag_max_seconds (\S+)$/m.exec(await gateway.metrics()) ?? [];
  if (longest === undefined) {
    throw new Error("/metrics does not tell of the event loop");
  }
  return Math.max(0, Number(longest) - SAMPLED_EVERY_SECONDS);
}

/** A loop that is idle is seen this long after the last look, too. */
const SAMPLED_EVERY_SECONDS = 0.01;
