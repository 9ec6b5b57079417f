import { type Database, newId, type Sql } from "@sallyport/database";
import { addMember, type Login, RefusedByHand, SignInRefused, signInPerson } from "@sallyport/people";
import { sessionStatement } from "@sallyport/sessions";
import { createReconciliation } from "./reconciliation.ts";
import { createTenant, type Tenant } from "./tenant.ts";

/** What an IdP says of somebody. */
export interface Claims {
  readonly subject: string;
  readonly email: string | null;
  readonly emailVerified: boolean | null;
  readonly groups?: readonly string[];
}

/** What a directory says of somebody. */
export interface Told {
  readonly userName: string;
  readonly externalId: string | null;
  /** The first is the primary one. */
  readonly emails: readonly string[];
  readonly active: boolean;
}

/** A user, and who stands behind it. */
export interface UserView {
  readonly userId: string;
  readonly email: string | null;
  /** Subjects. */
  readonly identities: readonly string[];
  /** As they were named when told. */
  readonly directoryUsers: readonly string[];
  readonly mayEnter: boolean;
  /** Keys, each once. */
  readonly roles: readonly string[];
}

/** One organization with IdP, directories and administrator, to be driven in any order. */
export interface PeopleWorld {
  readonly tenant: Tenant;
  /** Which the organization has verified. */
  readonly domain: string;
  /** Returns whether the person was let in. */
  login(claims: Claims): Promise<boolean>;
  /** Creates the directory user of that name, or changes it to what is told now. */
  tell(name: string, told: Told, directory?: number): Promise<void>;
  /** The directory deletes its user. */
  forget(name: string): Promise<void>;
  /** Returns whether the administrator could add the member. */
  add(email: string): Promise<boolean>;
  settle(): Promise<void>;
  /** Looks at every directory user again, as after a restore. */
  settleAnew(): Promise<void>;
  users(): Promise<UserView[]>;
  /** Pairs of users that have a conflict, each pair once, sorted. */
  conflicts(): Promise<string[]>;
  /** All that is stored of people, but for when somebody last signed in; and how much was told of them. */
  everything(): Promise<unknown>;
  liveSessions(): Promise<number>;
}

/** Whether the connection says that its subject is the directory's externalId. */
export async function createPeopleWorld(
  database: Database,
  slug: string,
  { keyed }: { readonly keyed: boolean },
): Promise<PeopleWorld> {
  const { sql } = database;
  const tenant = await createTenant(sql, slug);
  const reconciliation = createReconciliation(database);
  const connectionId = await addConnection(sql, tenant.id);
  const directories = [tenant.directoryId, await tenant.addDirectory()];
  const idByName = new Map<string, string>();
  const { rows: roles } = await sql.query<{ id: string }>(
    "SELECT id FROM roles WHERE organization_id = $1 AND key = 'member'",
    [tenant.id],
  );
  const memberRole = { id: roles[0]?.id ?? "", key: "member" };
  let told = 0;
  const nameOf = (id: string) => [...idByName].find(([, known]) => known === id)?.[0] ?? "";

  return {
    tenant,
    domain: `${slug}.example`,
    async login(claims) {
      const login: Login = {
        ...{ organizationId: tenant.id, connectionId, issuer: "https://idp.example" },
        ...{ name: null, givenName: null, familyName: null, username: null },
        ...{ subject: claims.subject, email: claims.email, emailVerified: claims.emailVerified },
        ...{ groups: claims.groups ?? [], groupsComplete: true },
        directoryKey: keyed ? { attribute: "externalId", value: claims.subject } : null,
      };
      const now = new Date();
      try {
        await signInPerson(
          {
            ...{ database, now },
            statementsOf: ({ userId, identityId }) => ({
              session: sessionStatement({
                ...{ organizationId: tenant.id, userId, connectionId, identityId },
                ...{
                  amr: [],
                  acr: null,
                  idpSession: null,
                  groups: [],
                  authTime: now,
                  expiresAt: new Date(now.getTime() + 3_600_000),
                },
              }).statement,
            }),
            record: async (_sql, _person, events) => {
              told += events.length;
            },
          },
          login,
        );
        return true;
      } catch (error) {
        if (error instanceof SignInRefused) {
          return false;
        }
        throw error;
      }
    },
    async tell(name, { userName, externalId, emails, active }, directory = 0) {
      const [email = null] = emails;
      const resource = { emails: emails.map((value) => ({ value })) };
      const known = idByName.get(name);
      if (known === undefined) {
        const told = { userName, email, active, resource, ...(externalId === null ? {} : { externalId }) };
        idByName.set(name, await tenant.pushUser(told, directories[directory]));
        return;
      }
      await sql.query(
        `UPDATE directory_users SET user_name = $2, user_name_key = lower($2), external_id = $3, email = $4, active = $5
         WHERE id = $1`,
        [known, userName, externalId, email, active],
      );
      await tenant.changeUser(known, { resource });
    },
    async forget(name) {
      const id = idByName.get(name);
      if (id !== undefined) {
        await tenant.deleteUser(id);
      }
    },
    async add(email) {
      try {
        const { events } = await database.transaction((within) =>
          addMember(within, tenant.id, { email, name: undefined, roles: [], memberRole }, new Date()),
        );
        told += events.length;
        return true;
      } catch (error) {
        if (error instanceof RefusedByHand) {
          return false;
        }
        throw error;
      }
    },
    settle: () => reconciliation.settle(tenant.id),
    async settleAnew() {
      await sql.query(
        `INSERT INTO dirty_directory_users (organization_id, directory_user_id, identified)
         SELECT organization_id, id, true FROM directory_users WHERE organization_id = $1`,
        [tenant.id],
      );
      await reconciliation.settle(tenant.id);
    },
    async users() {
      const { rows } = await sql.query<UserView & { links: string[] }>(
        `SELECT u.id AS "userId", u.email,
                ARRAY(SELECT i.subject FROM identities i WHERE i.user_id = u.id ORDER BY 1) AS identities,
                ARRAY(SELECT l.directory_user_id FROM directory_user_links l WHERE l.user_id = u.id) AS links,
                m.status = 'active' AND m.directory IS DISTINCT FROM 'ended' AS "mayEnter",
                ARRAY(SELECT DISTINCT r.key FROM role_bindings b JOIN roles r ON r.id = b.role_id
                      WHERE b.membership_id = m.id ORDER BY 1) AS roles
         FROM users u LEFT JOIN memberships m ON m.user_id = u.id WHERE u.organization_id = $1`,
        [tenant.id],
      );
      return rows.map(({ links, ...user }) => ({
        ...user,
        mayEnter: user.mayEnter === true,
        directoryUsers: links.map(nameOf).sort(),
      }));
    },
    async conflicts() {
      const { rows } = await sql.query<{ pair: string }>(
        `SELECT DISTINCT least(user_id, other_user_id) || ' ' || greatest(user_id, other_user_id) AS pair
         FROM conflicts WHERE organization_id = $1 ORDER BY 1`,
        [tenant.id],
      );
      return rows.map(({ pair }) => pair);
    },
    async everything() {
      const { rows } = await sql.query(
        `SELECT ${["users", "memberships", "role_bindings", "conflicts"]
          .map(
            (table) =>
              `(SELECT json_agg(t ORDER BY t.id) FROM ${table} t WHERE t.organization_id = $1) AS ${table}`,
          )
          .join(", ")},
           (SELECT json_agg(to_jsonb(t) - 'last_login_at' ORDER BY t.id) FROM identities t WHERE t.organization_id = $1) AS identities,
           (SELECT json_agg(l ORDER BY l.directory_user_id)
            FROM directory_user_links l JOIN users u ON u.id = l.user_id WHERE u.organization_id = $1) AS links,
           (SELECT count(*) FROM events WHERE organization_id = $1) AS events`,
        [tenant.id],
      );
      return { ...rows[0], told };
    },
    async liveSessions() {
      const { rows } = await sql.query<{ count: number }>(
        "SELECT count(*)::int AS count FROM sessions WHERE organization_id = $1 AND revoked_at IS NULL",
        [tenant.id],
      );
      return rows[0]?.count ?? 0;
    },
  };
}

async function addConnection(sql: Sql, organizationId: string): Promise<string> {
  const id = newId();
  await sql.query(
    `INSERT INTO connections (id, organization_id, type, name, provider, settings, updated_at)
     VALUES ($1, $2, 'oidc', 'IdP', 'oidc', '{}', now())`,
    [id, organizationId],
  );
  return id;
}
