import { createTestDatabase, type TestDatabase } from "@sallyport/database/testing";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Claims, createPeopleWorld, type PeopleWorld, type Told } from "../../testing/people-world.ts";

// Whatever happens in whatever order. fast-check reports the seed and the path of what fails: give them to `fc.assert`.
let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.drop());

let worlds = 0;
async function createWorld(keyed: boolean): Promise<PeopleWorld> {
  const world = await createPeopleWorld(test.database, `world${worlds++}`, { keyed });
  // One domain for all worlds, verified by the one that is driven.
  await test.database.sql.query(
    "UPDATE domains SET verified_name = NULL WHERE verified_name = 'acme.example'",
  );
  await test.database.sql.query(
    "UPDATE domains SET verified_name = 'acme.example' WHERE organization_id = $1",
    [world.tenant.id],
  );
  return world;
}

// --- Nobody claims what another has -------------------------------------------------------------------------------

/** A person, in the ways in which the organization may come to know them. */
interface Person {
  readonly login: "none" | "primary" | "alias";
  readonly group: boolean;
  readonly byHand: boolean;
  /** What the directory tells first, and what it adds later. */
  readonly directory: "none" | "atOnce" | "addressLater" | "inactive";
  readonly secondDirectory: boolean;
}

const person: fc.Arbitrary<Person> = fc.record({
  login: fc.constantFrom("none" as const, "primary" as const, "alias" as const),
  group: fc.boolean(),
  byHand: fc.boolean(),
  directory: fc.constantFrom(
    "none" as const,
    "atOnce" as const,
    "addressLater" as const,
    "inactive" as const,
  ),
  secondDirectory: fc.boolean(),
});

/** Known by the subject before any address is told, somebody added by hand would be found to be the same only later. */
const keyedPerson = person.map((each) =>
  each.directory === "addressLater" ? { ...each, byHand: false, secondDirectory: false } : each,
);

type Act = (world: PeopleWorld) => Promise<unknown>;

function claimsOf({ login, group }: Person, n: number): Claims[] {
  if (login === "none") {
    return [];
  }
  const email = `${login}${n}@acme.example`;
  return [{ subject: `id-${n}`, email, emailVerified: true, groups: group ? ["Engineering"] : [] }];
}

/** All that happens about a person. What one source says comes in its own order. */
function actsOf(person: Person, n: number): Act[][] {
  const [primary, alias] = [`primary${n}@acme.example`, `alias${n}@acme.example`];
  const whole: Told = {
    ...{ userName: `name-${n}`, externalId: `id-${n}`, emails: [primary, alias] },
    active: person.directory !== "inactive",
  };
  const { directory, secondDirectory, byHand } = person;
  const tell =
    (told: Told, name = `du-${n}`, into = 0): Act =>
    (world) =>
      world.tell(name, told, into);
  return [
    claimsOf(person, n).map(
      (claims): Act =>
        (world) =>
          world.login(claims),
    ),
    directory === "none"
      ? []
      : [...(directory === "addressLater" ? [tell({ ...whole, emails: [] })] : []), tell(whole)],
    directory !== "none" && secondDirectory ? [tell({ ...whole, externalId: null }, `second-${n}`, 1)] : [],
    byHand ? [(world) => world.add(person.login === "alias" ? alias : primary)] : [],
  ];
}

/** Interleaves sequences, in an order that the numbers choose. */
function interleave<Each>(sequences: readonly (readonly Each[])[], choices: readonly number[]): Each[] {
  const left = sequences.filter((sequence) => sequence.length > 0).map((sequence) => [...sequence]);
  const order: Each[] = [];
  for (let step = 0; left.length > 0; step++) {
    const at = (choices[step % choices.length] ?? 0) % left.length;
    const next = left[at]?.shift();
    if (next !== undefined) {
      order.push(next);
    }
    if (left[at]?.length === 0) {
      left.splice(at, 1);
    }
  }
  return order;
}

const choices = fc.array(fc.nat({ max: 11 }), { minLength: 8, maxLength: 24 });

/** Who is one person with whom, whether they may enter, and with which roles. */
async function peopleOf(world: PeopleWorld): Promise<string[]> {
  const users = await world.users();
  return (
    users
      // Whoever may not enter has an identity and roles by hand or not, by what came first.
      .map(({ identities, directoryUsers, mayEnter, roles }) =>
        JSON.stringify({
          identities: mayEnter ? identities : [],
          directoryUsers,
          mayEnter,
          roles: mayEnter ? roles : [],
        }),
      )
      .sort()
  );
}

it("any order of the same logins, pushes and grants ends in the same people", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc
        .boolean()
        .chain((keyed) =>
          fc.tuple(
            fc.constant(keyed),
            fc.array(keyed ? keyedPerson : person, { minLength: 1, maxLength: 3 }),
          ),
        ),
      ...([choices, choices, fc.boolean()] as const),
      async ([keyed, people], one, other, settling) => {
        const ends: string[][] = [];
        for (const order of [one, other]) {
          const world = await createWorld(keyed);
          const grant: Act = ({ tenant }) => tenant.mapGroup("Engineering", "engineer");
          const acts = interleave([[grant], ...people.flatMap((each, n) => actsOf(each, n))], order);
          for (const act of acts) {
            await act(world);
            if (settling) {
              await world.settle();
            }
          }
          await world.settle();
          for (const claims of people.flatMap(claimsOf)) {
            await world.login(claims);
          }
          await world.settle();
          expect(await world.conflicts()).toEqual([]);
          ends.push(await peopleOf(world));
        }
        expect(ends[1]).toEqual(ends[0]);
      },
    ),
    { numRuns: 30 },
  );
}, 60_000);

// --- Everybody claims what others have ----------------------------------------------------------------------------

const ADDRESSES = ["ceo@acme.example", "cfo@acme.example", "ceo@unverified.example"];
const SUBJECTS = ["id-0", "id-1", "id-2"];

type Claim =
  | { readonly do: "login"; readonly claims: Claims }
  | { readonly do: "tell"; readonly name: string; readonly told: Told; readonly directory: number }
  | { readonly do: "forget"; readonly name: string }
  | { readonly do: "add"; readonly email: string }
  | { readonly do: "settle" };

const address = fc.constantFrom(...ADDRESSES);
const claim: fc.Arbitrary<Claim> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("login" as const),
      claims: fc.record({
        subject: fc.constantFrom(...SUBJECTS),
        email: fc.option(address),
        emailVerified: fc.constantFrom(true, false, null),
      }),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.nat({ max: 3 }).chain((n) =>
      fc.record({
        do: fc.constant("tell" as const),
        name: fc.constant(`du-${n}`),
        directory: fc.constant(n % 2),
        told: fc.record({
          userName: fc.constant(`name-${n}`),
          externalId: fc.option(fc.constantFrom(...SUBJECTS)),
          emails: fc.uniqueArray(address, { maxLength: 2 }),
          active: fc.boolean(),
        }),
      }),
    ),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("add" as const), email: address }) },
  { weight: 3, arbitrary: fc.constant({ do: "settle" as const }) },
);

async function apply(world: PeopleWorld, step: Claim): Promise<void> {
  if (step.do === "login") {
    await world.login(step.claims);
  } else if (step.do === "tell") {
    await world.tell(step.name, step.told, step.directory);
  } else if (step.do === "forget") {
    await world.forget(step.name);
  } else if (step.do === "add") {
    await world.add(step.email);
  } else {
    await world.settle();
  }
}

/** By what proof two may be one, as far as anything of it was ever said: sets that grow together. */
class Proofs {
  readonly #parents = new Map<string, string>();

  #root(of: string): string {
    const parent = this.#parents.get(of);
    return parent === undefined ? of : this.#root(parent);
  }

  join(one: string, others: readonly string[]): void {
    for (const other of others) {
      const [from, to] = [this.#root(one), this.#root(other)];
      if (from !== to) {
        this.#parents.set(from, to);
      }
    }
  }

  areJoined(all: readonly string[]): boolean {
    return new Set(all.map((each) => this.#root(each))).size <= 1;
  }
}

const isProvable = (email: string) => email.endsWith("@acme.example");

/** What the steps prove. Only the first login of a subject does: what later ones say is merely asserted. */
function proofsOf(steps: readonly Claim[], keyed: boolean): Proofs {
  const proofs = new Proofs();
  const seen = new Set<string>();
  for (const step of steps) {
    if (step.do === "login") {
      const { subject, email, emailVerified } = step.claims;
      if (keyed) {
        proofs.join(`identity ${subject}`, [`key ${subject}`]);
      }
      if (seen.has(subject)) {
        continue;
      }
      if (email !== null && isProvable(email) && emailVerified !== false) {
        proofs.join(`identity ${subject}`, [`address ${email}`]);
      }
    }
    if (step.do === "tell") {
      const { emails, externalId } = step.told;
      proofs.join(
        `directory user ${step.name}`,
        emails.filter(isProvable).map((email) => `address ${email}`),
      );
      if (externalId !== null) {
        proofs.join(`directory user ${step.name}`, [`key ${externalId}`]);
      }
    }
  }
  return proofs;
}

/** The directory users that tell an address in the end. */
function tellersOf(steps: readonly Claim[], email: string): Set<string> {
  const last = new Map(
    steps.flatMap((step) => (step.do === "tell" ? [[step.name, step.told.emails] as const] : [])),
  );
  return new Set([...last].flatMap(([name, emails]) => (emails.includes(email) ? [name] : [])));
}

/** As `conflicts` has them. */
function pairsOf(ids: readonly string[]): string[] {
  const sorted = ids.toSorted();
  return sorted.flatMap((one, at) => sorted.slice(at + 1).map((other) => `${one} ${other}`));
}

it("nobody becomes one with somebody else without proof, and whoever claims what another has is a conflict", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(claim, { minLength: 4, maxLength: 16, size: "max" }),
      fc.boolean(),
      async (steps, keyed) => {
        const world = await createWorld(keyed);
        for (const step of [...steps, { do: "settle" } as const]) {
          await apply(world, step);
        }
        const proofs = proofsOf(steps, keyed);
        const users = await world.users();
        for (const { identities, directoryUsers } of users) {
          const all = [
            ...identities.map((subject) => `identity ${subject}`),
            ...directoryUsers.map((name) => `directory user ${name}`),
          ];
          if (identities.length > 0) {
            expect(proofs.areJoined(all), all.join(", ")).toBe(true);
          }
        }
        const conflicts = await world.conflicts();
        for (const email of ADDRESSES.filter(isProvable)) {
          const tellers = tellersOf(steps, email);
          const claiming = users.filter(
            (user) => user.email === email || user.directoryUsers.some((name) => tellers.has(name)),
          );
          for (const pair of pairsOf(claiming.map(({ userId }) => userId))) {
            expect(conflicts).toContain(pair);
          }
        }
      },
    ),
    { numRuns: 30 },
  );
}, 60_000);

it("doing it again changes nothing, and tells nothing", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(claim, { minLength: 4, maxLength: 16, size: "max" }),
      fc.boolean(),
      async (steps, keyed) => {
        const world = await createWorld(keyed);
        for (const step of [...steps, { do: "settle" } as const]) {
          await apply(world, step);
        }
        const last = new Map(
          steps.flatMap((step) => (step.do === "login" ? [[step.claims.subject, step.claims] as const] : [])),
        );
        const twice = async (act: () => Promise<unknown>) => {
          await act();
          const before = await world.everything();
          await act();
          expect(await world.everything()).toEqual(before);
        };
        const settled = await world.everything();
        await world.settleAnew();
        expect(await world.everything()).toEqual(settled);
        for (const claims of last.values()) {
          await twice(() => world.login(claims));
        }
        await twice(() => world.settleAnew());
      },
    ),
    { numRuns: 30 },
  );
}, 60_000);

// --- Whom a directory ended ---------------------------------------------------------------------------------------

it("nobody gets in as somebody whom a directory ended, until it has them active again", async () => {
  const told = fc.record({
    userName: fc.constantFrom("leaver", "leaver@acme.example", "renamed"),
    externalId: fc.option(fc.constantFrom("leaver-1", "leaver-2")),
    emails: fc.uniqueArray(
      fc.constantFrom("leaver@acme.example", "alias@acme.example", "alias@unverified.example"),
      {
        maxLength: 3,
      },
    ),
    active: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(
      ...([fc.array(told, { minLength: 1, maxLength: 4 }), fc.boolean(), fc.boolean(), choices] as const),
      async (history, keyed, deleted, order) => {
        const world = await createWorld(keyed);
        const names = [
          ...new Set(history.flatMap(({ userName, externalId }) => [userName, externalId ?? userName])),
        ];
        const emails = [...new Set(history.flatMap((each) => each.emails))];
        const logins: Claims[] = [
          ...names.map((subject) => ({ subject, email: null, emailVerified: null })),
          ...emails.map((email) => ({ subject: `of ${email}`, email, emailVerified: null })),
          ...emails.map((email) => ({ subject: `as ${email}`, email, emailVerified: false })),
        ];
        const trying = logins.map(
          (claims): Act =>
            (each) =>
              each.login(claims),
        );
        const telling = history.map(
          (each): Act =>
            (to) =>
              to.tell("leaver", each),
        );
        const settling: Act[] = order.slice(0, 4).map(() => (each) => each.settle());
        for (const act of interleave([trying, telling, settling], order)) {
          await act(world);
        }

        const end = { ...(history.at(-1) ?? expect.fail("told nothing")), active: false };
        if (deleted) {
          await world.forget("leaver");
        } else {
          await world.tell("leaver", end);
        }
        // At once whoever is new, and with the reconciliation everybody.
        const newcomers = logins.map((claims) => ({ ...claims, subject: `new ${claims.subject}` }));
        for (const claims of newcomers) {
          if (claims.email !== null) {
            expect(await world.login(claims), JSON.stringify(claims)).toBe(false);
          }
        }
        await world.settle();
        for (const claims of [...logins, ...newcomers.filter(({ email }) => email !== null)]) {
          expect(await world.login(claims), JSON.stringify(claims)).toBe(false);
        }
        expect(await world.liveSessions()).toBe(0);

        const [email] = end.emails;
        if (deleted || email === undefined) {
          return;
        }
        await world.tell("leaver", { ...end, active: true });
        await world.settle();
        expect(await world.login({ subject: "back", email, emailVerified: true })).toBe(true);
      },
    ),
    { numRuns: 30 },
  );
}, 60_000);
