import { setTimeout as sleep } from "node:timers/promises";
import { expectStatus } from "@sallyport/testing-browser";
import { decodeJwt } from "jose";
import { z } from "zod";
import { type Latency, latencyOf } from "../measure/latency.ts";
import { pushUsers } from "../scenarios/people.ts";
import { addSamlPeople } from "../scenarios/saml-site.ts";
import { addCopies } from "../world/copies.ts";
import type { Application } from "../world/management.ts";
import { CALLBACK, createRelyingApp, gatewayOp, type RelyingApp } from "../world/relying-app.ts";
import { connectScim } from "../world/scim-client.ts";
import type { World } from "../world/world.ts";
import type { Size } from "./measure-deprovisioning.ts";

/** Milliseconds from when the push of `active: false` was sent. */
export interface Revocation {
  readonly sessions: number;
  readonly pushes: number;
  readonly pushesPerSecond: number;
  /** The push's own answer. */
  readonly answered: Latency;
  readonly introspection: Latency;
  readonly feed: Latency;
}

const SLUG = "revocation";
const RATE = 100;
/** One of so many pushes is of somebody who is watched: to watch all would be most of the load. */
const WATCHED = 5;
const MOST_WATCHED = 200;
const POLL_MS = 2;
const TIMEOUT_MS = 30_000;
const TABLES = [
  ...["users", "memberships", "role_bindings", "directory_users", "directory_user_links"],
  ...["identities", "sessions"],
] as const;

/** Pushes 100 deactivations a second, of people with live sessions, and watches when some of these have ended for applications. */
export async function measureRevocation(world: World, { sessions, seconds }: Size): Promise<Revocation> {
  const { management, http, gateway, postgres, sallyport } = world;
  const pushes = RATE * seconds;
  const watched = Math.min(MOST_WATCHED, Math.floor(pushes / WATCHED));
  let application: Application = { clientId: "", clientSecret: "" };
  let app: RelyingApp | undefined;
  const people = await addSamlPeople(
    {
      ...sallyport,
      async addSamlSite(slug, domain, idpMetadata) {
        const { id: tenantId } = await management.addOrganization(slug, domain);
        const { saml } = await management.addSamlConnection(slug, idpMetadata);
        application = await management.addApplication(slug, CALLBACK);
        app = createRelyingApp(http, gatewayOp(gateway.url), application, { organization: slug });
        return { tenantId, app, spEntityId: saml.spEntityId, acsUrl: saml.acsUrl };
      },
    },
    SLUG,
  );
  const { domain, tenantId } = people;
  const scim = connectScim(http, await management.addDirectory(SLUG));
  const ids = await pushUsers(
    scim,
    Array.from({ length: watched }, (_, index) => `person-${index}@${domain}`),
  );
  await settled(world, tenantId);
  const tokens: string[] = [];
  for (let index = 0; index < watched; index += 1) {
    const answer = await people.begin();
    const page = await people.post(answer);
    tokens.push((await app?.redeem(answer.browser, answer.signIn, page)) ?? "");
  }
  const original = { organizationId: tenantId, email: `person-0@${domain}`, name: "person-0" };
  await addCopies(postgres, original, TABLES, MOST_WATCHED, MOST_WATCHED + sessions - watched - 1);
  const others = z
    .array(z.object({ id: z.string() }))
    .parse(
      await postgres.query(
        "select id from directory_users where organization_id = $1 and not id = any($2::uuid[]) order by id limit $3",
        [tenantId, ids, pushes],
      ),
    );

  const client = createClient(world, application);
  const feed = client.follow();
  await feed.begun;
  const [answered, introspection, told]: number[][] = [[], [], []];
  const failures: unknown[] = [];
  const start = performance.now();
  const work: Promise<unknown>[] = [];
  const watch = async (index: number) => {
    const token = tokens[index] ?? "";
    const sid = z.string().parse(decodeJwt(token).sid);
    const sent = performance.now();
    const since = () => performance.now() - sent;
    const push = scim.setActive(ids[index] ?? "", false).then(() => answered?.push(since()));
    const inactive = (async () => {
      while (await client.isActive(token)) {
        if (since() > TIMEOUT_MS) {
          throw new Error("a token stayed active for 30 s");
        }
        await sleep(POLL_MS);
      }
      introspection?.push(since());
    })();
    const heard = feed.hears(sid).then(() => told?.push(since()));
    await Promise.all([push, inactive, heard]);
  };
  for (let push = 0; push < pushes; push += 1) {
    await sleep(Math.max(0, start + (push * 1000) / RATE - performance.now()));
    const person = push / WATCHED;
    const one =
      Number.isInteger(person) && person < watched
        ? watch(person)
        : scim.setActive(others[push]?.id ?? ids[0] ?? "", false);
    work.push(one.catch((error: unknown) => failures.push(error)));
  }
  const elapsed = (performance.now() - start) / 1000;
  await Promise.all(work);
  feed.end();
  await settled(world, tenantId);
  if (failures.length > 0) {
    throw new Error(`${failures.length} of ${pushes} pushes failed`, { cause: failures[0] });
  }
  return {
    ...{ sessions, pushes, pushesPerSecond: pushes / elapsed },
    answered: latencyOf(answered),
    introspection: latencyOf(introspection),
    feed: latencyOf(told),
  };
}

const waiting = z.array(z.object({ count: z.number() })).length(1);

/** Waits until all that was pushed into an organization has taken effect. */
export async function settled({ postgres }: World, organizationId: string): Promise<void> {
  for (;;) {
    const [row] = waiting.parse(
      await postgres.query(
        `select (exists (select from dirty_directory_users where organization_id = $1)
           or exists (select from dirty_directory_groups where organization_id = $1))::int as count`,
        [organizationId],
      ),
    );
    if (row?.count === 0) {
      return;
    }
    await sleep(20);
  }
}

const introspected = z.object({ active: z.boolean() });
const revocations = z.object({ items: z.array(z.object({ sid: z.string() })), nextCursor: z.string() });

/** The application, asking about its tokens and following the revocation feed. */
function createClient({ http, gateway }: World, { clientId, clientSecret }: Application) {
  const authorization = `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString("base64")}`;
  const read = async (cursor: string, wait: number) => {
    const query = new URLSearchParams({ ...(cursor === "" ? {} : { cursor }), wait: String(wait) });
    const answer = await http.send(`${gateway.url}/session/revocations?${query}`, {
      method: "GET",
      headers: { authorization },
    });
    return revocations.parse(JSON.parse(expectStatus(answer, 200, "/session/revocations")));
  };
  return {
    async isActive(token: string): Promise<boolean> {
      const answer = await http.send(`${gateway.url}/oauth2/introspect`, {
        method: "POST",
        headers: { authorization, "content-type": "application/x-www-form-urlencoded" },
        body: new URLSearchParams({ token }).toString(),
      });
      return introspected.parse(JSON.parse(expectStatus(answer, 200, "/oauth2/introspect"))).active;
    },
    follow() {
      const heard = new Set<string>();
      const listeners = new Map<string, () => void>();
      let over = false;
      const begin = read("", 0);
      const loop = async () => {
        let { nextCursor } = await begin;
        while (!over) {
          const answer = await read(nextCursor, 1);
          nextCursor = answer.nextCursor;
          for (const { sid } of answer.items) {
            heard.add(sid);
            listeners.get(sid)?.();
          }
        }
      };
      const following = loop();
      return {
        begun: begin,
        hears: (sid: string) =>
          Promise.race([
            following,
            new Promise<void>((resolve) => {
              listeners.set(sid, resolve);
              if (heard.has(sid)) {
                resolve();
              }
            }),
          ]),
        end: () => {
          over = true;
        },
      };
    },
  };
}
