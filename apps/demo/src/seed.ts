import { defined } from "@sallyport/defined";
import { z } from "zod";
import { ACME, COMPANIES, type Company, GROUP_MAPPINGS, ROLES } from "./companies.ts";
import { connectManagement, type Management, ManagementError, orNull } from "./management.ts";
import type { DemoState } from "./state.ts";

const connectionAnswer = z.object({
  id: z.string(),
  saml: z.object({ acsUrl: z.string(), spEntityId: z.string(), spSloUrl: z.string() }).optional(),
  oidc: z.object({ redirectUri: z.string() }).optional(),
});
const directoryAnswer = z.object({ id: z.string(), baseUrl: z.string(), token: z.string() });
const setupLinkAnswer = z.object({ url: z.url() });
const SETUP_LINK = { name: "For Acme's IdP admin", intents: ["sso", "domain", "directory"] };
const applicationAnswer = z.object({ clientId: z.string(), clientSecret: z.string() });

/** What the IdPs must know of the gateway, from the answers of its management API. */
export interface SeededConnections {
  readonly saml: { readonly acsUrl: string; readonly spEntityId: string; readonly spSloUrl: string };
  readonly oidc: { readonly redirectUri: string };
}

export interface SeedInput {
  readonly state: DemoState;
  readonly appUrl: string;
  readonly samlMetadata: string;
  readonly oidcIssuer: string;
  readonly oidcClientId: string;
}

/**
 * Sets the two demo companies up through the management API, as an operator would. Runs at every start and changes
 * only what is missing or has moved; new ids and secrets are written into `input.state`.
 */
export async function seed(input: SeedInput): Promise<SeededConnections> {
  const management = connectManagement(input.state.gatewayUrl, input.state.rootKey);
  await ensureApplication(management, input);
  const seeded: Partial<SeededConnections>[] = [];
  for (const company of COMPANIES) {
    await ensureOrganization(management, company);
    await ensureDirectory(management, company, input.state);
    const { saml, oidc } = await ensureConnection(management, company, input);
    seeded.push(defined({ saml, oidc }));
  }
  await ensureSetupLink(management, input.state);
  const { saml, oidc } = Object.assign({}, ...seeded) as Partial<SeededConnections>;
  if (saml === undefined || oidc === undefined) {
    throw new Error("The gateway's connections lack their URLs");
  }
  return { saml, oidc };
}

async function ensureApplication(management: Management, { state, appUrl }: SeedInput): Promise<void> {
  const settings = {
    name: "Demo app",
    redirectUris: [`${appUrl}/callback`],
    postLogoutRedirectUris: [appUrl],
    backchannelLogoutUri: `${appUrl}/backchannel-logout`,
    initiateLoginUri: `${appUrl}/initiate-login`,
  };
  const known = state.application;
  if (known !== undefined) {
    const answer = await orNull(management.call("PATCH", `/applications/${known.clientId}`, settings));
    if (answer !== null) {
      return;
    }
  }
  const { clientId, clientSecret } = applicationAnswer.parse(
    await management.call("POST", "/applications", settings),
  );
  state.application = { clientId, clientSecret };
}

async function ensureOrganization(management: Management, company: Company): Promise<void> {
  const path = `/organizations/${company.slug}`;
  if ((await orNull(management.call("GET", path))) !== null) {
    return;
  }
  await management.call("POST", "/organizations", {
    slug: company.slug,
    name: company.name,
    domains: [company.domain],
  });
  for (const role of ROLES) {
    await createUnlessThere(management, `${path}/roles`, role);
  }
  await management.call("PUT", `${path}/group-mappings`, GROUP_MAPPINGS);
}

async function createUnlessThere(management: Management, path: string, body: unknown): Promise<void> {
  try {
    await management.call("POST", path, body);
  } catch (error) {
    if (!(error instanceof ManagementError && error.status === 409)) {
      throw error;
    }
  }
}

/** The link of an earlier start, as long as it works: whoever has its page open finds it again. */
async function ensureSetupLink(management: Management, state: DemoState): Promise<void> {
  if (state.setupToken !== undefined) {
    const response = await fetch(`${state.gatewayUrl}/api/v1/setup`, {
      headers: { authorization: `Bearer ${state.setupToken}` },
    });
    await response.body?.cancel();
    if (response.ok) {
      return;
    }
  }
  const path = `/organizations/${ACME.slug}/setup-links`;
  const { url } = setupLinkAnswer.parse(await management.call("POST", path, SETUP_LINK));
  state.setupToken = new URL(url).pathname.split("/").at(-1) ?? "";
}

async function ensureDirectory(management: Management, company: Company, state: DemoState): Promise<void> {
  const path = `/organizations/${company.slug}/directories`;
  const known = state.directories[company.slug];
  if (known !== undefined && (await orNull(management.call("GET", `${path}/${known.id}`))) !== null) {
    known.baseUrl = `${state.gatewayUrl}/scim/v2/${known.id}`;
    return;
  }
  const { id, baseUrl, token } = directoryAnswer.parse(
    await management.call("POST", path, {
      name: `${company.name}'s directory`,
      provider: company.directoryProvider,
    }),
  );
  state.directories[company.slug] = { id, baseUrl, token };
}

async function ensureConnection(management: Management, company: Company, input: SeedInput) {
  const path = `/organizations/${company.slug}/connections`;
  const settings = connectionSettings(company, input);
  const known = input.state.connections[company.slug];
  if (known !== undefined) {
    const answer = await orNull(management.call("PATCH", `${path}/${known.id}`, settings));
    if (answer !== null) {
      return connectionAnswer.parse(answer);
    }
  }
  const answer = await management.call("POST", path, {
    ...settings,
    type: company.protocol,
    name: `${company.name}'s demo IdP`,
    provider: "generic",
  });
  const connection = connectionAnswer.parse(answer);
  input.state.connections[company.slug] = { id: connection.id };
  return connection;
}

function connectionSettings(company: Company, input: SeedInput) {
  if (company.protocol === "saml") {
    const applicationId = input.state.application?.clientId;
    return { saml: { metadataXml: input.samlMetadata, idpInitiated: { applicationId } } };
  }
  return {
    oidc: {
      issuer: input.oidcIssuer,
      clientId: input.oidcClientId,
      clientSecret: input.state.oidcIdp.clientSecret,
    },
  };
}
