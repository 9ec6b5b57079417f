import type { Catalogue } from "../../../texts/language.tsx";

const en = {
  title: "Organizations",
  lead: "The companies whose people sign in through this gateway.",
  create: "New organization",
  columns: {
    name: "Name",
    domains: "Domains",
    connections: "Connections",
    directories: "Directories",
    lastLogin: "Last sign-in",
    attention: "Needs a look",
  },
  search: "Name, slug or domain",
  noDomains: "None verified",
  domains: (first: string, others: number) => (others === 0 ? first : `${first} +${others}`),
  none: "None",
  never: "Never",
  active: (count: number) => `${count} active`,
  disabled: (count: number) => `${count} disabled`,
  failing: (count: number) => `${count} failing`,
  waiting: (count: number) => `${count} waiting`,
  nothing: "Nothing",
  more: (count: number) => `, and ${count} more`,
  empty: {
    title: "No organization yet",
    text: "An organization is a customer: its identity provider, its directory and its people belong to it.",
  },
  form: {
    title: "New organization",
    name: "Name",
    nameHelp: "As its people know it.",
    slug: "Slug",
    slugHelp: "What applications, links and tokens call it. Nobody else is given it again.",
    domains: "Email domains",
    domainsHelp: "Separated by commas. They count as verified, because you say so.",
    create: "Create organization",
  },
};

type Texts = typeof en;

const de: Texts = {
  title: "Organisationen",
  lead: "Die Unternehmen, deren Leute sich über dieses Gateway anmelden.",
  create: "Neue Organisation",
  columns: {
    name: "Name",
    domains: "Domains",
    connections: "Verbindungen",
    directories: "Verzeichnisse",
    lastLogin: "Letzte Anmeldung",
    attention: "Braucht einen Blick",
  },
  search: "Name, Kurzname oder Domain",
  noDomains: "Keine bestätigt",
  domains: (first, others) => (others === 0 ? first : `${first} +${others}`),
  none: "Keine",
  never: "Nie",
  active: (count) => `${count} aktiv`,
  disabled: (count) => `${count} abgeschaltet`,
  failing: (count) => (count === 1 ? "1 scheitert" : `${count} scheitern`),
  waiting: (count) => (count === 1 ? "1 wartet" : `${count} warten`),
  nothing: "Nichts",
  more: (count) => ` und ${count} mehr`,
  empty: {
    title: "Noch keine Organisation",
    text: "Eine Organisation ist ein Kunde: Ihm gehören sein Identitätsanbieter, sein Verzeichnis und seine Leute.",
  },
  form: {
    title: "Neue Organisation",
    name: "Name",
    nameHelp: "Wie ihre Leute sie kennen.",
    slug: "Kurzname",
    slugHelp: "So nennen Anwendungen, Links und Tokens sie. Niemand sonst bekommt ihn je wieder.",
    domains: "E-Mail-Domains",
    domainsHelp: "Durch Kommas getrennt. Sie gelten als bestätigt, weil Sie es sagen.",
    create: "Organisation anlegen",
  },
};

export const organizationsTexts: Catalogue<Texts> = { en, de };
