import type { Configuration } from "./configuration.ts";

export interface BannerFacts {
  readonly url: string;
  readonly configuration: Configuration;
  /** Where the demo app is; undefined without the demo. */
  readonly demoUrl: string | undefined;
  readonly logFile: string;
  /** Whether the root key came from the environment: what the operator already has is not shown. */
  readonly rootKeyGiven: boolean;
}

/** What `npm start` shows once everything is ready: where things are, and what to try. */
export function banner(facts: BannerFacts): string {
  const { url, demoUrl, configuration } = facts;
  const rows = [
    ["Gateway", url],
    ...(demoUrl === undefined ? [] : [["Demo app", demoUrl]]),
    ["Console", `${url}/console`],
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

function thingsToTry({ url, demoUrl, configuration, rootKeyGiven }: BannerFacts): [string, string][] {
  // In double quotes, so that the shell puts the given key in.
  const key = rootKeyGiven ? "$SALLYPORT_ROOT_KEY" : configuration.rootKey;
  const callApi: [string, string] = [
    "Ask the management API which organizations there are:",
    `curl -H "Authorization: Bearer ${key}" ${url}/api/v1/organizations`,
  ];
  if (demoUrl === undefined) {
    return [callApi];
  }
  return [
    ["Sign in through SAML, then through OIDC, and compare what the app gets. Open:", demoUrl],
    [
      "Push users and groups as Okta does, in another terminal, and see the memberships and roles it makes:",
      "npm run demo:push -- okta",
    ],
    [
      "Make a link by which a customer's IdP admin sets up sign-in, and open the `url` of the answer:",
      `curl -X POST -H "Authorization: Bearer ${key}" -H "Content-Type: application/json" -d '{"intents":["sso","domain","directory"]}' ${url}/api/v1/organizations/acme/setup-links`,
    ],
    callApi,
  ];
}
