import type { Catalogue } from "../../texts/language.tsx";

const en = {
  skip: "Skip to the content",
  menu: "Menu",
  navigation: "Navigation",
  gateway: "Gateway",
  nav: {
    overview: "Overview",
    connections: "Connections",
    directories: "Directories",
    members: "Members",
    roles: "Groups & roles",
    sessions: "Sessions",
    audit: "Audit",
    settings: "Settings",
    organizations: "Organizations",
    applications: "Applications",
    apiKeys: "API keys",
    signingKeys: "Keys",
    queues: "Queues",
  },
  organization: {
    choose: "Choose an organization",
    find: "Find an organization",
    all: "All organizations",
    none: "No organization by that name",
    more: "Show more",
  },
  search: {
    label: "Search",
    keys: "Ctrl K",
    placeholder: "People, organizations, connections, ids…",
    hint: "By how a name, address or slug begins, or by a whole id or request id.",
    nothing: "Nothing begins like that.",
    found: (count: number) => (count === 1 ? "1 result" : `${count} results`),
    types: {
      organization: "Organization",
      member: "Member",
      connection: "Connection",
      directory: "Directory",
      application: "Application",
      loginRecord: "Sign-in",
      scimRequest: "SCIM request",
    },
  },
  user: {
    menu: "Your account",
    rootKey: "Root key",
    operator: "Operator",
    organizationAdmin: "Organization admin",
    organizationViewer: "Organization viewer",
    theme: "Theme",
    auto: "System",
    light: "Light",
    dark: "Dark",
    language: "Language",
    signOut: "Sign out",
  },
  signIn: {
    title: "Sign in to the console",
    label: "Organization or work email",
    help: "Your organization's short name, or your address there. You sign in where you always do.",
    go: "Continue",
    otherWay: "No way in? Use the root key",
    otherWayHelp:
      "For the first sign-in, and for when the identity provider is out of reach. Every use is audited.",
    rootKey: "Root key",
    byRootKey: "Sign in with the root key",
    wrongKey: "This is not the root key. It begins with sp_root_ and stands in the gateway's configuration.",
  },
  noPermission: {
    title: "This page is not for your role",
    text: (permission: string) =>
      `It needs the permission ${permission}. Ask an operator or an organization admin.`,
  },
  notFound: {
    title: "There is nothing at this address",
    text: "It may have been removed or renamed, or belong to an organization that is not yours.",
    home: "To the start page",
  },
  failed: {
    title: "This page could not be shown",
  },
};

export type ShellTexts = typeof en;

const de: ShellTexts = {
  skip: "Zum Inhalt springen",
  menu: "Menü",
  navigation: "Navigation",
  gateway: "Gateway",
  nav: {
    overview: "Übersicht",
    connections: "Verbindungen",
    directories: "Verzeichnisse",
    members: "Mitglieder",
    roles: "Gruppen & Rollen",
    sessions: "Sitzungen",
    audit: "Protokoll",
    settings: "Einstellungen",
    organizations: "Organisationen",
    applications: "Anwendungen",
    apiKeys: "API-Schlüssel",
    signingKeys: "Schlüssel",
    queues: "Warteschlangen",
  },
  organization: {
    choose: "Organisation wählen",
    find: "Organisation suchen",
    all: "Alle Organisationen",
    none: "Keine Organisation mit diesem Namen",
    more: "Mehr zeigen",
  },
  search: {
    label: "Suchen",
    keys: "Strg K",
    placeholder: "Leute, Organisationen, Verbindungen, Kennungen…",
    hint: "Nach dem Anfang von Name, Adresse oder Kurzname, oder nach einer ganzen Kennung oder Anfrage-Nummer.",
    nothing: "Nichts fängt so an.",
    found: (count) => (count === 1 ? "1 Treffer" : `${count} Treffer`),
    types: {
      organization: "Organisation",
      member: "Mitglied",
      connection: "Verbindung",
      directory: "Verzeichnis",
      application: "Anwendung",
      loginRecord: "Anmeldung",
      scimRequest: "SCIM-Anfrage",
    },
  },
  user: {
    menu: "Ihr Konto",
    rootKey: "Root-Schlüssel",
    operator: "Betreiber",
    organizationAdmin: "Organisations-Admin",
    organizationViewer: "Organisations-Einsicht",
    theme: "Farben",
    auto: "System",
    light: "Hell",
    dark: "Dunkel",
    language: "Sprache",
    signOut: "Abmelden",
  },
  signIn: {
    title: "In der Konsole anmelden",
    label: "Organisation oder geschäftliche E-Mail-Adresse",
    help: "Der Kurzname Ihrer Organisation oder Ihre Adresse dort. Sie melden sich an, wo Sie es immer tun.",
    go: "Weiter",
    otherWay: "Kein Zugang? Mit dem Root-Schlüssel",
    otherWayHelp:
      "Für die erste Anmeldung und wenn der Identitätsanbieter nicht erreichbar ist. Jede Verwendung wird protokolliert.",
    rootKey: "Root-Schlüssel",
    byRootKey: "Mit dem Root-Schlüssel anmelden",
    wrongKey:
      "Das ist nicht der Root-Schlüssel. Er beginnt mit sp_root_ und steht in der Konfiguration des Gateways.",
  },
  noPermission: {
    title: "Diese Seite ist nicht für Ihre Rolle",
    text: (permission) =>
      `Sie braucht die Berechtigung ${permission}. Fragen Sie einen Betreiber oder Organisations-Admin.`,
  },
  notFound: {
    title: "Unter dieser Adresse gibt es nichts",
    text: "Es wurde entfernt oder umbenannt, oder gehört zu einer Organisation, die nicht Ihre ist.",
    home: "Zur Startseite",
  },
  failed: {
    title: "Diese Seite konnte nicht angezeigt werden",
  },
};

export const shellTexts: Catalogue<ShellTexts> = { en, de };
