/** Somebody with values that nobody else has, by which they can be found wherever they stand. */
export interface UnusualPerson {
  /** As directories write it. */
  readonly address: string;
  readonly formerAddress: string;
  readonly secondAddress: string;
  readonly givenName: string;
  readonly familyName: string;
  readonly formerFamilyName: string;
  readonly phone: string;
  readonly employeeNumber: string;
  readonly externalId: string;
  readonly upn: string;
  readonly entraId: string;
  readonly nickname: string;
  readonly nameId: string;
  readonly subject: string;
  readonly preferredUsername: string;
  readonly street: string;
  readonly ip: string;
}

export const ZOE: UnusualPerson = {
  address: "Zoe.Quasarov@Acme.Example.Test",
  formerAddress: "zoe.oldenburgh@acme.example.test",
  secondAddress: "zq-private@acme.example.test",
  givenName: "Zoë-Xanthippe",
  familyName: "O'Quasarov & Łukaszewicz",
  formerFamilyName: "Oldenburghskaya",
  phone: "+49 30 77129981",
  employeeNumber: "EMP-zq-5512",
  externalId: "00uZQ7712345okta",
  upn: "zquasarov.upn@acme.example.test",
  entraId: "7e1f20cc-90d1-4b41-9d33-a5e1d7a1f00d",
  nickname: "zquasarov_mail",
  nameId: "nameid|ZQ|88124",
  subject: "oidc|zq|5512377",
  preferredUsername: "zq.preferred",
  street: "Quasargasse 77",
  ip: "203.0.113.77",
};

export const BOB: UnusualPerson = {
  address: "Bob.Brannigan@acme.example.test",
  formerAddress: "bob.before@acme.example.test",
  secondAddress: "bb-private@acme.example.test",
  givenName: "Bobby-Joe",
  familyName: "Brannigan",
  formerFamilyName: "Beforeman",
  phone: "+49 30 55500011",
  employeeNumber: "EMP-bb-0001",
  externalId: "00uBB0000001okta",
  upn: "bbrannigan.upn@acme.example.test",
  entraId: "aaaabbbb-90d1-4b41-9d33-a5e1d7a1beef",
  nickname: "bbrannigan_mail",
  nameId: "nameid|BB|00001",
  subject: "oidc|bb|0000001",
  preferredUsername: "bb.preferred",
  street: "Bobgasse 1",
  ip: "203.0.113.11",
};

const USER = "urn:ietf:params:scim:schemas:core:2.0:User";
const ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/** As Okta pushes a new user. */
export function oktaUser(person: UnusualPerson): object {
  return {
    schemas: [USER],
    userName: person.formerAddress,
    name: { givenName: person.givenName, familyName: person.formerFamilyName },
    emails: [
      { primary: true, value: person.formerAddress, type: "work" },
      { value: person.secondAddress, type: "home" },
    ],
    phoneNumbers: [{ value: person.phone, type: "work" }],
    displayName: `${person.givenName} ${person.formerFamilyName}`,
    locale: "en-US",
    externalId: person.externalId,
    groups: [],
    password: "a-secret-of-okta",
    active: true,
  };
}

/** As Okta puts a user who has another name and address from now on. */
export function oktaChange(person: UnusualPerson, id: string): object {
  return {
    ...oktaUser(person),
    id,
    userName: person.address,
    name: { givenName: person.givenName, familyName: person.familyName },
    displayName: `${person.givenName} ${person.familyName}`,
    emails: [
      { primary: true, value: person.address, type: "work" },
      { value: person.secondAddress, type: "home" },
    ],
  };
}

/** As Entra ID pushes a new user. */
export function entraUser(person: UnusualPerson): object {
  return {
    schemas: [USER, ENTERPRISE],
    externalId: person.nickname,
    userName: person.upn,
    active: true,
    displayName: `${person.givenName} ${person.familyName}`,
    emails: [{ primary: true, type: "work", value: person.address }],
    addresses: [{ type: "work", streetAddress: person.street, formatted: person.street }],
    name: { formatted: `${person.givenName} ${person.familyName}`, givenName: person.givenName },
    [ENTERPRISE]: { employeeNumber: person.employeeNumber, department: "Stars" },
    title: "Astronomer",
  };
}

/** As Entra ID changes one: operations whose values alone say of whom they are. */
export function entraPatch(person: UnusualPerson): object {
  return {
    schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
    Operations: [
      { op: "Replace", path: "name.familyName", value: person.familyName },
      { op: "Add", path: `emails[value eq "${person.address}"].display`, value: person.givenName },
      { op: "Add", path: 'phoneNumbers[type eq "mobile"].value', value: person.phone },
      { op: "Replace", path: "externalId", value: person.entraId },
    ],
  };
}
