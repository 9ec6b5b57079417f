import { randomBytes } from "node:crypto";
import { firstIdOf, GROUP, idOf, PATCH_OP, type PushClient, USER } from "./exchange.ts";

// Okta's SCIM 2.0 reference (docs/reference/scim/scim-20): look up by userName, POST or PUT; deactivate by a
// pathless PATCH; groups by displayName, members by PATCH.
const PAGE = "&startIndex=1&count=100";

const setActive = (active: boolean) => ({
  schemas: [PATCH_OP],
  Operations: [{ op: "replace", value: { active } }],
});

export const okta: PushClient = {
  name: "Okta",
  headers: { "user-agent": "Okta SCIM Client 1.0.0", "content-type": "application/scim+json; charset=utf-8" },

  async findUser(send, userName) {
    return firstIdOf(await send({ method: "GET", path: `/Users?filter=userName eq "${userName}"${PAGE}` }));
  },

  async pushUser(send, person) {
    const profile = {
      schemas: [USER],
      userName: person.email,
      name: { givenName: person.givenName, familyName: person.familyName },
      emails: [{ primary: true, value: person.email, type: "work" }],
      displayName: `${person.givenName} ${person.familyName}`,
      locale: "en-US",
      externalId: `00u${Buffer.from(person.email).toString("hex").slice(0, 17)}`,
      groups: [],
      active: true,
    };
    const known = await okta.findUser(send, person.email);
    if (known === undefined) {
      // Okta sends a password even where password sync is off.
      const password = randomBytes(9).toString("base64url");
      return idOf(await send({ method: "POST", path: "/Users", body: { ...profile, password } }));
    }
    await send({ method: "GET", path: `/Users/${known}` });
    await send({ method: "PUT", path: `/Users/${known}`, body: { ...profile, id: known } });
    return known;
  },

  async pushGroup(send, displayName, memberIds) {
    const found = await send({
      method: "GET",
      path: `/Groups?filter=displayName eq "${displayName}"${PAGE}`,
    });
    const group =
      firstIdOf(found) ??
      idOf(
        await send({ method: "POST", path: "/Groups", body: { schemas: [GROUP], displayName, members: [] } }),
      );
    const value = memberIds.map((id) => ({ value: id }));
    const Operations = [{ op: "add", path: "members", value }];
    await send({ method: "PATCH", path: `/Groups/${group}`, body: { schemas: [PATCH_OP], Operations } });
  },

  async deactivate(send, id) {
    await send({ method: "PATCH", path: `/Users/${id}`, body: setActive(false) });
  },
};
