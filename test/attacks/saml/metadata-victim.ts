import { type MetadataServer, startMetadataServer } from "@sallyport/connections/idp-metadata/testing";
import type { TestIdp } from "@sallyport/saml/testing";
import { z } from "zod";
import { type SamlSite, type SamlTenant, startSamlSite } from "../../harness/saml-site.ts";
import { answer, letIn, signIn } from "./victim.ts";

/** An organization whose connection follows the metadata at a URL, where the attacks below have come to serve theirs. */
export interface MetadataVictim {
  readonly site: SamlSite;
  readonly server: MetadataServer;
  readonly tenant: SamlTenant;
  /** Looks at the metadata as the schedule does, and says how the connection stands then. */
  refresh(): Promise<Following>;
  /** Whether a login that `idp` signs is let in. */
  letsIn(idp: TestIdp): Promise<boolean>;
  /** How many audit events of that type the connection has. */
  events(type: string): Promise<number>;
  stop(): Promise<void>;
}

export interface Following {
  readonly idpEntityId: string;
  readonly certificates: number;
  /** Code of why the connection does not follow its metadata. */
  readonly problem: string | undefined;
  readonly heldBack: boolean;
}

const connection = z.object({
  saml: z.object({
    idpEntityId: z.string(),
    certificates: z.array(z.unknown()),
    metadata: z.object({
      problem: z.object({ code: z.string() }).optional(),
      heldBack: z.unknown().optional(),
    }),
  }),
});
const events = z.object({ items: z.array(z.unknown()) });

/** `metadata` is what the URL serves at first; `saml` is more of the connection. */
export async function startMetadataVictim(
  metadata: string,
  saml: Readonly<Record<string, unknown>> = {},
): Promise<MetadataVictim> {
  const site = await startSamlSite();
  const server = await startMetadataServer(metadata);
  const tenant = await site.addTenant("acme", { metadataUrl: server.url, ...saml });
  const path = `/organizations/${tenant.slug}/connections/${tenant.connectionId}`;
  return {
    site,
    server,
    tenant,
    async refresh() {
      const { status, body } = await site.gateway.api("POST", `${path}/metadata/refresh`);
      if (status !== 200) {
        throw new Error(`The refresh answered ${status}: ${JSON.stringify(body)}`);
      }
      const { idpEntityId, certificates, metadata } = connection.parse(body).saml;
      return {
        idpEntityId,
        certificates: certificates.length,
        problem: metadata.problem?.code,
        heldBack: metadata.heldBack !== undefined,
      };
    },
    async letsIn(idp) {
      const { page } = await signIn(tenant, site.newBrowser(), (each) => answer(tenant, idp, each));
      return letIn(page);
    },
    async events(type) {
      const list = await site.gateway.api(
        "GET",
        `/organizations/${tenant.slug}/audit-events?type=connection.${type}`,
      );
      return events.parse(list.body).items.length;
    },
    async stop() {
      await server.close();
      await site.stop();
    },
  };
}
