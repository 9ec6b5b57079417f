import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";

/** What the directory was promised of a user by the last 2xx. */
export interface Promised {
  readonly active: boolean;
  readonly deleted: boolean;
}

export interface Push {
  readonly organizationId: string;
  /** By userName: complete once `done` has resolved. */
  readonly promised: ReadonlyMap<string, Promised>;
  /** How many requests were answered 2xx so far. */
  answered(): number;
  readonly done: Promise<void>;
}

const LANES = 8;
const withId = z.object({ id: z.string() });
const made = z.object({ baseUrl: z.string(), token: z.string() });
const listed = z.object({ Resources: z.array(withId) });

/**
 * A SCIM client as IdPs are: it creates users, deactivates and activates them, deletes some, and asks again whatever was not
 * answered, or answered 503, until it is. Requests go to the gateways by turns.
 * @param urls of the gateways
 * @param users how many
 */
export async function startPush(urls: readonly string[], rootKey: string, users: number): Promise<Push> {
  const [first = ""] = urls;
  const organization = withId.parse(
    await manage(first, rootKey, "/organizations", { slug: "acme", name: "Acme", domains: ["acme.example"] }),
  );
  // It deactivates many people within an hour, and means it.
  const guard = { share: 100, people: 20, minutes: 60 };
  await manage(first, rootKey, `/organizations/${organization.id}/guard`, guard, "PUT");
  const { baseUrl, token } = made.parse(
    await manage(first, rootKey, `/organizations/${organization.id}/directories`, { name: "Okta" }),
  );
  const path = new URL(baseUrl).pathname;
  const promised = new Map<string, Promised>();
  let answered = 0;
  let turn = 0;

  /** The first answer that is one. */
  const ask = async (method: string, resource: string, body?: unknown) => {
    for (;;) {
      turn++;
      const response = await fetch(`${urls[turn % urls.length]}${path}/Users${resource}`, {
        method,
        headers: { authorization: `Bearer ${token}`, "content-type": "application/scim+json" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }).catch(() => undefined);
      const text = await response?.text().catch(() => undefined);
      if (
        response !== undefined &&
        text !== undefined &&
        response.status !== 503 &&
        response.status !== 429
      ) {
        answered += response.ok ? 1 : 0;
        return { status: response.status, body: text === "" ? undefined : (JSON.parse(text) as unknown) };
      }
      await sleep(50);
    }
  };
  const expectStatus = (
    what: string,
    { status, body }: { status: number; body: unknown },
    allowed: number[],
  ) => {
    if (!allowed.includes(status)) {
      throw new Error(`${what} was answered ${status}: ${JSON.stringify(body)}`);
    }
  };

  const create = async (userName: string): Promise<string> => {
    const answer = await ask("POST", "", {
      schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"],
      userName,
      emails: [{ value: userName, primary: true }],
      active: true,
    });
    // 409: the first attempt was carried out, and its answer lost.
    expectStatus(`POST of ${userName}`, answer, [201, 409]);
    promised.set(userName, { active: true, deleted: false });
    if (answer.status === 201) {
      return withId.parse(answer.body).id;
    }
    const found = await ask("GET", `?filter=${encodeURIComponent(`userName eq "${userName}"`)}`);
    return listed.parse(found.body).Resources[0]?.id ?? "";
  };
  const setActive = async (userName: string, id: string, active: boolean) => {
    const answer = await ask("PATCH", `/${id}`, {
      schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
      Operations: [{ op: "replace", path: "active", value: active }],
    });
    expectStatus(`PATCH of ${userName}`, answer, [200, 204]);
    promised.set(userName, { active, deleted: false });
  };
  const remove = async (userName: string, id: string) => {
    const answer = await ask("DELETE", `/${id}`);
    expectStatus(`DELETE of ${userName}`, answer, [204, 404]);
    promised.set(userName, { active: false, deleted: true });
  };

  // What becomes of a user follows from its number: every mixture is there, and a failure comes again.
  const live = async (n: number) => {
    const userName = `user-${n}@acme.example`;
    const id = await create(userName);
    for (let change = 0; change < n % 4; change++) {
      await setActive(userName, id, change % 2 === 1);
    }
    if (n % 7 === 3) {
      await remove(userName, id);
    }
  };
  const lane = async (from: number) => {
    for (let n = from; n < users; n += LANES) {
      await live(n);
    }
  };
  const done = Promise.all(Array.from({ length: LANES }, (_, n) => lane(n))).then(() => undefined);
  done.catch(() => undefined); // told to whoever awaits it
  return { organizationId: organization.id, promised, answered: () => answered, done };
}

async function manage(
  url: string,
  rootKey: string,
  path: string,
  body: unknown,
  method: "POST" | "PUT" = "POST",
): Promise<unknown> {
  const response = await fetch(`${url}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${rootKey}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return response.json();
}
