import type { Configuration } from "./configuration.ts";
import type { DemoPages } from "./demo.ts";

export interface BannerFacts {
  readonly url: string;
  readonly configuration: Configuration;
  /** Undefined without the demo. */
  readonly demo: DemoPages | undefined;
  readonly logFile: string;
  /** Whether the root key came from the environment: what the operator already has is not shown. */
  readonly rootKeyGiven: boolean;
}

/** What `npm start` shows once everything is ready: where things are, and what to try. */
export function banner(facts: BannerFacts): string {
  const { url, demo, configuration } = facts;
  const rows = [
    ["Gateway", url],
    ...(demo === undefined ? [] : [["Demo app", demo.appUrl]]),
    ["Console", `${url}/console`],
    ...(demo === undefined ? [] : [["Setup page", demo.setupUrl]]),
    ["OpenAPI", `${url}/api/openapi.json`],
    ["Discovery", `${url}/.well-known/openid-configuration`],
    ["Root key", facts.rootKeyGiven ? "as SALLYPORT_ROOT_KEY says" : configuration.rootKey],
    ["Log", facts.logFile],
  ];
  const table = rows.map(([name, value]) => `  ${name?.padEnd(10)} ${value}`);
  const steps = thingsToTry(facts).map(([what, how], index) => `  ${index + 1}. ${what}\n\n       ${how}\n`);
  return ["", "Sallyport is ready.", "", ...table, "", "Try:", "", ...steps, "Ctrl-C stops it.", ""].join(
    "\n",
  );
}

function thingsToTry({ url, demo, configuration, rootKeyGiven }: BannerFacts): [string, string][] {
  // In double quotes, so that the shell puts the given key in.
  const key = rootKeyGiven ? "$SALLYPORT_ROOT_KEY" : configuration.rootKey;
  const callApi: [string, string] = [
    "Ask the management API which organizations there are:",
    `curl -H "Authorization: Bearer ${key}" ${url}/api/v1/organizations`,
  ];
  if (demo === undefined) {
    return [callApi];
  }
  return [
    ["Sign in through SAML, then through OIDC, and compare what the app gets. Open:", demo.appUrl],
    [
      "Push users and groups as Okta does, in another terminal, and see the memberships and roles it makes:",
      "npm run demo:push -- okta",
    ],
    [
      "Be the IdP admin of a customer who connects their identity provider, whatever it is. Open:",
      demo.setupUrl,
    ],
    callApi,
  ];
}
