import { createHash } from "node:crypto";
import { firstIdOf, GROUP, idOf, PATCH_OP, type PushClient, USER } from "./exchange.ts";

// Microsoft's "Use SCIM to provision users and groups": match by userName, POST or PATCH with capitalised operations,
// booleans as strings, one PATCH a member; groups without reading their members.
const ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

const patch = (...Operations: readonly Readonly<Record<string, unknown>>[]) => ({
  schemas: [PATCH_OP],
  Operations,
});

export const entra: PushClient = {
  name: "Entra ID",
  headers: { "content-type": "application/scim+json" },

  async findUser(send, userName) {
    return firstIdOf(await send({ method: "GET", path: `/Users?filter=userName eq "${userName}"` }));
  },

  async pushUser(send, person) {
    const known = await entra.findUser(send, person.email);
    if (known !== undefined) {
      const body = patch(
        { op: "Replace", path: "active", value: "True" },
        { op: "Replace", path: 'emails[type eq "work"].value', value: person.email },
        { op: "Replace", path: "name.givenName", value: person.givenName },
        { op: "Replace", path: "name.familyName", value: person.familyName },
      );
      await send({ method: "PATCH", path: `/Users/${known}`, body });
      return known;
    }
    const body = {
      schemas: [USER, ENTERPRISE],
      externalId: objectId(person.email),
      userName: person.email,
      active: true,
      displayName: `${person.givenName} ${person.familyName}`,
      emails: [{ primary: true, type: "work", value: person.email }],
      meta: { resourceType: "User" },
      name: {
        formatted: `${person.givenName} ${person.familyName}`,
        familyName: person.familyName,
        givenName: person.givenName,
      },
      roles: [],
    };
    return idOf(await send({ method: "POST", path: "/Users", body }));
  },

  async pushGroup(send, displayName, memberIds) {
    const filter = `/Groups?excludedAttributes=members&filter=displayName eq "${displayName}"`;
    const body = {
      schemas: [GROUP],
      externalId: objectId(displayName),
      displayName,
      meta: { resourceType: "Group" },
    };
    const group =
      firstIdOf(await send({ method: "GET", path: filter })) ??
      idOf(await send({ method: "POST", path: "/Groups", body }));
    for (const id of memberIds) {
      const add = patch({ op: "Add", path: "members", value: [{ $ref: null, value: id }] });
      await send({ method: "PATCH", path: `/Groups/${group}`, body: add });
    }
  },

  async deactivate(send, id) {
    await send({
      method: "PATCH",
      path: `/Users/${id}`,
      body: patch({ op: "Replace", path: "active", value: "False" }),
    });
  },
};

// A directory object's id, the same at every push.
function objectId(name: string): string {
  const hex = createHash("sha256").update(name).digest("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    "-",
  );
}
