import { type Company, findPerson } from "../companies.ts";
import { connectManagement } from "../management.ts";
import type { DemoState } from "../state.ts";
import { type PushClient, scimSender } from "./exchange.ts";
import { type Expected, type Member, reconciled } from "./outcome.ts";
import { heading, say, showExchange, showMembers } from "./terminal.ts";

/** Everything, with one deactivation at its end; or a deactivation of one person alone. */
export type PushPlan = { readonly kind: "all" } | { readonly kind: "deactivate"; readonly email: string };

/** Pushes a demo company's directory as `client` does, shows each exchange, and what the reconciler made of it. */
export async function push(
  state: DemoState,
  company: Company,
  client: PushClient,
  plan: PushPlan,
): Promise<Member[]> {
  const directory = state.directories[company.slug];
  if (directory === undefined) {
    throw new Error(`${company.name} has no directory yet: run npm start first`);
  }
  say(`${client.name} pushes ${company.name}'s directory to ${directory.baseUrl}`);
  const send = scimSender(directory, client.headers, showExchange);
  const expected = plan.kind === "all" ? await pushAll() : await deactivateOne(plan.email);
  heading("Reconciled");
  const members = await reconciled(connectManagement(state.gatewayUrl, state.rootKey), company, expected);
  showMembers(members);
  return members;

  async function pushAll(): Promise<Expected> {
    const ids = new Map<string, string>();
    for (const [index, person] of company.people.entries()) {
      heading(`User ${index + 1} of ${company.people.length}: ${person.email}`);
      ids.set(person.email, await client.pushUser(send, person));
    }
    const groups = [...new Set(company.people.flatMap((person) => person.groups))];
    for (const [index, group] of groups.entries()) {
      heading(`Group ${index + 1} of ${groups.length}: ${group}`);
      const members = company.people.filter((person) => person.groups.includes(group));
      const memberIds = members.map((person) => ids.get(person.email)).filter((id) => id !== undefined);
      await client.pushGroup(send, group, memberIds);
    }
    const leaver = company.people.at(-1) ?? company.people[0];
    heading(`Deactivation: ${leaver.email}`);
    await client.deactivate(send, ids.get(leaver.email) ?? "");
    return new Map(
      company.people.map((person) => [person.email, person === leaver ? "suspended" : "active"]),
    );
  }

  async function deactivateOne(email: string): Promise<Expected> {
    const person = findPerson(company, email);
    if (person === undefined) {
      const known = company.people.map((candidate) => candidate.email).join(", ");
      throw new Error(`Nobody at ${company.name} has the address ${email}. There are: ${known}`);
    }
    heading(`Deactivation: ${person.email}`);
    const id = await client.findUser(send, person.email);
    if (id === undefined) {
      throw new Error(`${person.email} was not pushed yet: push everything first`);
    }
    await client.deactivate(send, id);
    return new Map([[person.email, "suspended"]]);
  }
}
