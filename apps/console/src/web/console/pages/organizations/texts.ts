import type { Catalogue } from "../../../texts/language.tsx";

const en = {
  title: "Organizations",
  lead: "The companies whose people sign in through this gateway.",
  create: "New organization",
  columns: { name: "Name", slug: "Slug", domains: "Domains", signIn: "Who may sign in", created: "Created" },
  signIn: { justInTime: "Whom the IdP lets in", directory: "Whom a directory knows" },
  noDomains: "None verified",
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
    slug: "Kurzname",
    domains: "Domains",
    signIn: "Wer sich anmelden darf",
    created: "Angelegt",
  },
  signIn: { justInTime: "Wen der IdP einlässt", directory: "Wen ein Verzeichnis kennt" },
  noDomains: "Keine bestätigt",
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
