import { setTimeout as sleep } from "node:timers/promises";
import type { Http } from "@sallyport/testing-browser";
import { z } from "zod";
import type { BenchGateway } from "./gateway.ts";
import type { Management } from "./management.ts";
import type { BenchPostgres } from "./postgres.ts";
import { CALLBACK, createRelyingApp, gatewayOp } from "./relying-app.ts";
import { connectScim } from "./scim-client.ts";
import type { Subject } from "./subject.ts";

const ROLE = "engineer";
const RECONCILED_POLL_MS = 50;
const RECONCILED_TIMEOUT_MS = 120_000;

export interface SallyportParts {
  readonly gateway: BenchGateway;
  readonly postgres: BenchPostgres;
  readonly http: Http;
  readonly management: Management;
}

/** The gateway as what is measured. */
export function sallyportSubject({ gateway, postgres, http, management }: SallyportParts): Subject {
  const count = async (text: string, organizationId: string) => {
    const [row] = countRows.parse(await postgres.query(text, [organizationId]));
    return row?.count ?? 0;
  };
  return {
    pid: gateway.pid,
    database: postgres.watch(postgres.url),
    http,
    async addSamlSite(slug, domain, idpMetadata) {
      const { id: tenantId } = await management.addOrganization(slug, domain);
      const { saml } = await management.addSamlConnection(slug, idpMetadata);
      const application = await management.addApplication(slug, CALLBACK);
      const app = createRelyingApp(http, gatewayOp(gateway.url), application, { organization: slug });
      return { tenantId, app, spEntityId: saml.spEntityId, acsUrl: saml.acsUrl };
    },
    async addDirectory(slug, rolesFor = []) {
      const { id } = await management.addOrganization(slug, `${slug}.bench.test`);
      const scim = connectScim(http, await management.addDirectory(slug));
      await management.addRole(slug, ROLE);
      await management.mapGroups(
        slug,
        rolesFor.map((group) => ({ group, role: ROLE })),
      );
      return {
        tenantId: id,
        scim,
        async settle() {
          const deadline = Date.now() + RECONCILED_TIMEOUT_MS;
          while ((await count(WAITING, id)) > 0) {
            if (Date.now() > deadline) {
              throw new Error(`organization ${id} is still not reconciled`);
            }
            await sleep(RECONCILED_POLL_MS);
          }
        },
        members: () => count(ACTIVE_MEMBERS, id),
      };
    },
  };
}

const countRows = z.array(z.object({ count: z.coerce.number() })).length(1);

const WAITING = `
  select (exists (select from dirty_directory_users where organization_id = $1)
    or exists (select from dirty_directory_groups where organization_id = $1))::int as count`;

const ACTIVE_MEMBERS =
  "select count(*) as count from memberships where organization_id = $1 and status = 'active'";
