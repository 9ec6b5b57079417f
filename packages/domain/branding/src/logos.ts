import { createHash } from "node:crypto";
import type { Sql } from "@sallyport/database";
import type { EventDraft } from "@sallyport/events";
import type { Picture } from "./picture.ts";

/** A logo as pages show it. */
export interface Logo {
  /** Of the gateway: it names the very bytes, so what it shows never changes. */
  readonly path: string;
  readonly width: number;
  readonly height: number;
}

/** Who a page speaks for. */
export interface Brand {
  readonly name: string;
  readonly logo: Logo | null;
}

interface Row {
  readonly digest: string;
  readonly width: number;
  readonly height: number;
}

/** What the operators' organization is called until somebody gives it a name: no name to show to others. */
export const UNNAMED_OPERATORS = "Operators";

const logoOf = ({ digest, width, height }: Row): Logo => ({ path: `/logos/${digest}.png`, width, height });

/** The logo of an organization. */
export async function readLogo(sql: Sql, organizationId: string): Promise<Logo | null> {
  const { rows } = await sql.query<Row>(
    "SELECT digest, width, height FROM logos WHERE organization_id = $1::uuid",
    [organizationId],
  );
  return rows[0] === undefined ? null : logoOf(rows[0]);
}

/** An organization's name and logo; null where there is none of this id. */
export async function readBrand(sql: Sql, organizationId: string): Promise<Brand | null> {
  const { rows } = await sql.query<BrandRow>(
    `SELECT o.name, l.digest, l.width, l.height
     FROM organizations o LEFT JOIN logos l ON l.organization_id = o.id WHERE o.id = $1::uuid`,
    [organizationId],
  );
  return rows[0] === undefined ? null : brandOf(rows[0]);
}

/** Who runs the gateway: the operators' organization, once it has a name or a logo. */
export async function readOperatorBrand(sql: Sql): Promise<Brand | null> {
  const { rows } = await sql.query<BrandRow>(
    `SELECT o.name, l.digest, l.width, l.height
     FROM organizations o LEFT JOIN logos l ON l.organization_id = o.id WHERE o.for_operators`,
  );
  const [row] = rows;
  if (row === undefined || (row.digest == null && row.name === UNNAMED_OPERATORS)) {
    return null;
  }
  return brandOf(row);
}

type BrandRow = Partial<Row> & { readonly name: string };

function brandOf({ name, digest, width, height }: BrandRow): Brand {
  const logo = digest == null || width == null || height == null ? null : logoOf({ digest, width, height });
  return { name, logo };
}

/** The bytes that a path of ours names. */
export async function readLogoBytes(sql: Sql, digest: string): Promise<Buffer | null> {
  const { rows } = await sql.query<{ png: Buffer }>(
    "SELECT png FROM logos WHERE digest = $1 LIMIT 1",
    [digest],
    "logo_bytes",
  );
  return rows[0]?.png ?? null;
}

/** Gives an organization a logo in place of what it had. No event where it is the same. */
export async function storeLogo(
  sql: Sql,
  organizationId: string,
  { png, width, height }: Picture,
  now: Date,
): Promise<EventDraft | null> {
  const digest = createHash("sha256").update(png).digest("hex");
  const { rows } = await sql.query(
    `INSERT INTO logos (organization_id, digest, png, width, height, updated_at)
     VALUES ($1::uuid, $2, $3::bytea, $4::int, $5::int, $6::timestamptz)
     ON CONFLICT (organization_id) DO UPDATE SET digest = excluded.digest, png = excluded.png,
       width = excluded.width, height = excluded.height, updated_at = excluded.updated_at
       WHERE logos.digest <> excluded.digest
     RETURNING digest`,
    [organizationId, digest, png, width, height, now],
  );
  return rows.length === 0
    ? null
    : {
        ...{ organizationId, type: "organization.logo_set", after: { digest, width, height } },
        resource: { type: "organization", id: organizationId },
      };
}

/** Null where there is none. */
export async function deleteLogo(sql: Sql, organizationId: string): Promise<EventDraft | null> {
  const { rows } = await sql.query<Row>(
    "DELETE FROM logos WHERE organization_id = $1::uuid RETURNING digest, width, height",
    [organizationId],
  );
  const [row] = rows;
  if (row === undefined) {
    return null;
  }
  const { digest, width, height } = row;
  return {
    ...{ organizationId, type: "organization.logo_removed", before: { digest, width, height } },
    resource: { type: "organization", id: organizationId },
  };
}
