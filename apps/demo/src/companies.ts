/** The two customers of the demo, and who works there: what their identity providers and directories know. */

export interface Person {
  readonly email: string;
  readonly givenName: string;
  readonly familyName: string;
  /** The groups that the directory pushes for this person. The demo IdPs assert none. */
  readonly groups: readonly string[];
}

export interface Company {
  readonly slug: "acme" | "bravo";
  readonly name: string;
  readonly domain: string;
  readonly protocol: "saml" | "oidc";
  /** Which client pushes its directory. */
  readonly directoryProvider: "okta" | "entra";
  readonly people: readonly [Person, ...Person[]];
}

export const ACME: Company = {
  slug: "acme",
  name: "Acme",
  domain: "acme.example",
  protocol: "saml",
  directoryProvider: "okta",
  people: [
    person("Ann", "Archer", "acme.example", ["Engineering", "Administrators"]),
    person("Ben", "Baker", "acme.example", ["Engineering"]),
    person("Cleo", "Cruz", "acme.example", ["Sales"]),
  ],
};

export const BRAVO: Company = {
  slug: "bravo",
  name: "Bravo",
  domain: "bravo.example",
  protocol: "oidc",
  directoryProvider: "entra",
  people: [
    person("Dana", "Diaz", "bravo.example", ["Engineering", "Administrators"]),
    person("Eli", "Evans", "bravo.example", ["Engineering"]),
    person("Fay", "Fischer", "bravo.example", ["Sales"]),
  ],
};

export const COMPANIES: readonly Company[] = [ACME, BRAVO];

/** The roles that both companies' operators made, and the groups that they mapped to them. */
export const ROLES = [
  { key: "engineer", name: "Engineer", permissions: ["deployments:create", "repositories:write"] },
  { key: "seller", name: "Seller", permissions: ["quotes:create"] },
] as const;

export const GROUP_MAPPINGS = [
  { group: "Administrators", role: "admin" },
  { group: "Engineering", role: "engineer" },
  { group: "Sales", role: "seller" },
] as const;

export function fullName(person: Person): string {
  return `${person.givenName} ${person.familyName}`;
}

export function findPerson(company: Company, email: string): Person | undefined {
  return company.people.find((candidate) => candidate.email === email.toLowerCase());
}

function person(givenName: string, familyName: string, domain: string, groups: readonly string[]): Person {
  return { email: `${givenName.toLowerCase()}@${domain}`, givenName, familyName, groups };
}
