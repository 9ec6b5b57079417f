import { type OlderSchema, withSchemaBefore } from "@sallyport/database/testing";
import { emailValues } from "@sallyport/directories";
import { expect, it } from "vitest";
import { identifiersOf, identifiersOfLogin } from "./identifiers.ts";

const id = (n: number) => `00000000-0000-0000-0000-0000000000${String(n).padStart(2, "0")}`;

const LONG = `${"x".repeat(1200)}@acme.com`;

/** An organization with people as they were before one package wrote them. */
async function addPeople({ query }: OlderSchema): Promise<void> {
  await query(`
    INSERT INTO organizations (id, slug, name, updated_at) VALUES ('${id(1)}', 'acme', 'Acme', now());
    INSERT INTO directories (id, organization_id, name, updated_at) VALUES ('${id(2)}', '${id(1)}', 'Okta', now());
    INSERT INTO connections (id, organization_id, type, name, provider, settings, updated_at)
    VALUES ('${id(3)}', '${id(1)}', 'saml', 'Okta', 'okta', '{}', now());
    INSERT INTO roles (id, organization_id, key, name, permissions)
    VALUES ('${id(4)}', '${id(1)}', 'member', 'Member', '{}'), ('${id(5)}', '${id(1)}', 'admin', 'Admin', '{}'),
           ('${id(6)}', '${id(1)}', 'auditor', 'Auditor', '{}');
    INSERT INTO group_mappings (id, organization_id, "group", group_key, role_id)
    VALUES ('${id(7)}', '${id(1)}', 'Bosses', 'bosses', '${id(5)}'), ('${id(8)}', '${id(1)}', 'IT', 'it', '${id(5)}');`);
}

it("knows by what directories know their users, as their pushes would tell", () =>
  withSchemaBefore("20261129000100_people", async (older) => {
    await addPeople(older);
    const people: readonly [number, string, string | null, string | null, unknown][] = [
      [20, " Ada ", " 00u1 ", "ada@acme.com", [{ value: "ADA@acme.com" }, { value: "ada@acme.com" }]],
      [21, "Bob@Acme.com", null, null, []],
      [
        22,
        LONG,
        LONG,
        null,
        ["carl@acme.com", null, 7, { value: 7 }, { value: null }, {}, { value: "carl" }],
      ],
      [23, "smtp:dan@acme.com", "", null, [{ value: "mailto:dan@acme.com" }, { value: "\tdan@acme.com\n" }]],
      [24, "eve", null, null, undefined],
    ];
    for (const [n, userName, externalId, email, emails] of people) {
      await older.query(
        `INSERT INTO directory_users (id, organization_id, directory_id, user_name, user_name_key, external_id, email, resource)
         VALUES ($1, $2, $3, $4, lower($4), $5, $6, $7)`,
        [id(n), id(1), id(2), userName, externalId, email, JSON.stringify({ emails })],
      );
    }
    await older.migrate();
    for (const [n, userName, externalId, , emails] of people) {
      const told = await older.read(
        `SELECT value FROM directory_identifiers WHERE directory_user_id = '${id(n)}' AND current
           AND organization_id = '${id(1)}' AND directory_id = '${id(2)}'`,
      );
      const wanted = identifiersOf({ userName, externalId, emails: emailValues(emails) });
      expect(told.flat().sort()).toEqual([...wanted].sort());
    }
    expect(
      await older.read("SELECT directory_user_id FROM dirty_directory_users WHERE identified ORDER BY 1"),
    ).toEqual(people.map(([n]) => [id(n)]));
  }));

it("knows by what people signed in, what directories say of them, and who holds an address by proof", () =>
  withSchemaBefore("20261129000100_people", async (older) => {
    const { query, read } = older;
    await addPeople(older);
    await query(`
      INSERT INTO users (id, organization_id, email, email_verified, username, updated_at)
      VALUES ('${id(30)}', '${id(1)}', 'jit@acme.com', true, 'Jit', now()),
             ('${id(31)}', '${id(1)}', 'asserted@acme.com', false, NULL, now()),
             ('${id(32)}', '${id(1)}', 'hand@acme.com', false, NULL, now()),
             ('${id(33)}', '${id(1)}', 'handed@acme.com', false, NULL, now()),
             ('${id(34)}', '${id(1)}', 'pushed@acme.com', true, NULL, now()),
             ('${id(35)}', '${id(1)}', 'left@acme.com', true, NULL, now()),
             ('${id(36)}', '${id(1)}', 'gone@acme.com', true, NULL, now()),
             ('${id(37)}', '${id(1)}', NULL, false, NULL, now());
      INSERT INTO memberships (id, organization_id, user_id, status, source, updated_at)
      VALUES ('${id(40)}', '${id(1)}', '${id(30)}', 'active', 'jit', now()),
             ('${id(41)}', '${id(1)}', '${id(31)}', 'active', 'jit', now()),
             ('${id(42)}', '${id(1)}', '${id(32)}', 'active', 'manual', now()),
             ('${id(43)}', '${id(1)}', '${id(33)}', 'active', 'manual', now()),
             ('${id(44)}', '${id(1)}', '${id(34)}', 'active', 'directory', now()),
             ('${id(45)}', '${id(1)}', '${id(35)}', 'suspended', 'directory', now()),
             ('${id(46)}', '${id(1)}', '${id(36)}', 'suspended', 'directory', now()),
             ('${id(47)}', '${id(1)}', '${id(37)}', 'active', 'manual', now());
      INSERT INTO directory_users (id, organization_id, directory_id, user_name, user_name_key, resource, active, deleted_at)
      VALUES ('${id(50)}', '${id(1)}', '${id(2)}', 'pushed', 'pushed', '{}', true, NULL),
             ('${id(51)}', '${id(1)}', '${id(2)}', 'pushed', NULL, '{}', true, now()),
             ('${id(52)}', '${id(1)}', '${id(2)}', 'left', NULL, '{}', true, now()),
             ('${id(53)}', '${id(1)}', '${id(2)}', 'handed', 'handed', '{}', false, NULL);
      INSERT INTO directory_user_links (directory_user_id, user_id)
      VALUES ('${id(50)}', '${id(34)}'), ('${id(51)}', '${id(34)}'), ('${id(52)}', '${id(35)}'), ('${id(53)}', '${id(33)}');`);
    const logins: readonly [number, number, string][] = [
      [60, 30, "00uJit "],
      [61, 31, "asserted@acme.com"],
      [63, 33, LONG],
      [64, 34, "pushed"],
    ];
    for (const [n, user, subject] of logins) {
      await query(
        `INSERT INTO identities (id, organization_id, connection_id, issuer, subject, user_id)
         VALUES ($1, $2, $3, 'https://idp', $4, $5)`,
        [id(n), id(1), id(3), subject, id(user)],
      );
    }
    await older.migrate();

    expect(
      await read("SELECT id, array(SELECT unnest(identifiers) ORDER BY 1) FROM identities ORDER BY 1"),
    ).toEqual(
      [
        [logins[0], "jit@acme.com", "Jit"],
        [logins[1], "asserted@acme.com", undefined],
        [logins[2], "handed@acme.com", undefined],
        [logins[3], "pushed@acme.com", undefined],
      ].map(([login, email, username]) => [
        id(Number(login?.[0])),
        [
          ...identifiersOfLogin({
            subject: String(login?.[2]),
            email: String(email),
            username: username?.toString(),
          }),
        ].sort(),
      ]),
    );
    expect(await read("SELECT id, directory FROM memberships ORDER BY 1")).toEqual([
      [id(40), null],
      [id(41), null],
      [id(42), null],
      [id(43), "ended"],
      [id(44), "active"],
      [id(45), "ended"],
      [id(46), "ended"],
      [id(47), null],
    ]);
    expect(await read("SELECT id, email_proof FROM users ORDER BY 1")).toEqual([
      [id(30), "sign_in"],
      [id(31), null],
      [id(32), "administrator"],
      [id(33), null],
      [id(34), "sign_in"],
      [id(35), null],
      [id(36), null],
      [id(37), null],
    ]);
  }));

it("gives a sign-in's roles to every mapping that may have granted them, and ends those of none", () =>
  withSchemaBefore("20261129000100_people", async (older) => {
    const { query, read } = older;
    await addPeople(older);
    await query(`
      INSERT INTO users (id, organization_id, updated_at) VALUES ('${id(30)}', '${id(1)}', now());
      INSERT INTO memberships (id, organization_id, user_id, status, source, updated_at)
      VALUES ('${id(40)}', '${id(1)}', '${id(30)}', 'active', 'jit', now());
      INSERT INTO role_bindings (id, organization_id, membership_id, role_id, source)
      VALUES ('${id(70)}', '${id(1)}', '${id(40)}', '${id(4)}', 'jit'),
             ('${id(71)}', '${id(1)}', '${id(40)}', '${id(5)}', 'jit'),
             ('${id(72)}', '${id(1)}', '${id(40)}', '${id(6)}', 'jit'),
             ('${id(73)}', '${id(1)}', '${id(40)}', '${id(5)}', 'manual'),
             ('${id(74)}', '${id(1)}', '${id(40)}', '${id(6)}', 'directory');`);
    await older.migrate();
    expect(
      await read(
        `SELECT r.key, b.source::text, b.group_key, b.membership_id, b.organization_id
         FROM role_bindings b JOIN roles r ON r.id = b.role_id ORDER BY 1, 2, 3`,
      ),
    ).toEqual(
      [
        ["admin", "jit", "bosses"],
        ["admin", "jit", "it"],
        ["admin", "manual", ""],
        ["auditor", "directory", ""],
        ["member", "jit", ""],
      ].map((binding) => [...binding, id(40), id(1)]),
    );
  }));
