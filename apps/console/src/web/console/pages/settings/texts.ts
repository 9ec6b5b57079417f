import type { Catalogue } from "../../../texts/language.tsx";

const en = {
  title: "Settings",
  lead: "What holds for the whole organization.",
  tabs: {
    general: "General",
    domains: "Domains",
    signIn: "Who may sign in",
    setupLinks: "Setup links",
    retention: "Data",
  },
  general: {
    name: "Name",
    nameHelp: "As its people know it: on sign-in pages and in setup links.",
    slug: "Slug",
    slugHelp: "What applications, links and tokens call it. The old one stays reserved.",
    slugFixed: "What applications, links and tokens call it. Only an operator can change it.",
    id: "Id",
    remove: "Delete organization",
    removeTitle: (name: string) => `Delete ${name}?`,
    removeEffect: (name: string) =>
      `Everything of ${name} ends at once and nothing brings it back: its connections, directories, members, sessions and setup links. Nobody signs in by it any more.`,
    removeLead: "Ends every sign-in of this organization and removes all that belongs to it.",
  },
  logo: {
    title: "Logo",
    help: "Shown in setup links and where people choose how to sign in.",
    operatorHelp:
      "Stands for whoever runs this gateway: in setup links, and where people enter their work email.",
    bounds: "PNG or JPEG, at most 512 kB and 4 million pixels.",
    alt: (name: string) => `Logo of ${name}`,
    none: "No logo.",
    upload: "Upload logo",
    replace: "Replace logo",
    remove: "Remove logo",
  },
  domains: {
    lead: "Whoever has an address of a verified domain is led to this organization, and linked by that address.",
    add: "Add domain",
    name: "Domain",
    nameHelp: "What stands after the @: acme.com",
    state: "State",
    verified: "Verified",
    waiting: "Waiting for the record",
    since: "Verified",
    added: "Added",
    empty: {
      title: "No domain yet",
      text: "Add the domains of this organization's email addresses, and show by a DNS record that they are its own.",
    },
    record: "Put this TXT record into the DNS of the domain. It may go again once the domain is verified.",
    host: "Name",
    value: "Value",
    verify: "Check the record",
    remove: "Remove",
    removeTitle: (name: string) => `Remove ${name}?`,
    removeAct: "Remove domain",
    removeVerified: (name: string) =>
      `People with an address at ${name} are no longer led here, and nobody new is linked by such an address. Who is a member stays one.`,
    removeWaiting: "It is not verified, so nobody notices.",
    counts: (name: string) => `${name} counts for this organization.`,
  },
  signIn: {
    who: "Who may sign in",
    justInTime: "Whom the identity provider lets in",
    justInTimeHelp: "Whoever signs in there for the first time becomes a member.",
    directory: "Only whom a directory knows",
    directoryHelp: "A directory must have pushed them, and have them active.",
    roles: "Where roles come from, for those whom a directory manages",
    rolesDirectory: "The directory's groups alone",
    rolesBoth: "Also the groups that the identity provider names at sign-in",
    planned: (count: number) =>
      count === 0
        ? "Nobody loses access by this: a directory knows every active member."
        : count === 1
          ? "1 member can sign in no longer once this is saved:"
          : `${count} members can sign in no longer once this is saved:`,
    more: (count: number) => `and ${count} more`,
    noName: "without a name",
    changedMeanwhile: "Who loses access has changed meanwhile. Read the list again, then save.",
  },
  links: {
    lead: "An address by which a customer's IdP admin sets things up, without an account here.",
    create: "New setup link",
    name: "Name",
    nameHelp: "Who it is for. The audit trail shows under this name what is done by it.",
    namePlaceholder: "For Ann at Acme",
    intents: "What it is for",
    intent: {
      sso: "Connect the identity provider",
      directory: "Set up the directory",
      domain: "Verify an email domain",
      certificate: "Renew the IdP's certificate",
    },
    short: { sso: "Sign-on", directory: "Directory", domain: "Domain", certificate: "Certificate" },
    days: "Works for (days)",
    make: "Make the link",
    url: "Setup link",
    urlOnce: "Shown this once: send it to whoever sets things up. Whoever has it may do what it is for.",
    done: "Done",
    state: "State",
    live: "Works",
    creatorLeft: "Ended: its creator has left",
    expired: "Expired",
    revoked: "Revoked",
    expires: "Until",
    used: "Last used",
    never: "Never",
    revoke: "Revoke",
    revokeTitle: (name: string) => `Revoke “${name}”?`,
    revokeEffect: "Whoever has it open can do nothing more with it. What was set up by it stays.",
    revokeAct: "Revoke link",
    empty: {
      title: "No setup link yet",
      text: "Send one to the customer's IdP admin: it shows them each step in the words of their own product.",
    },
  },
};

type Texts = typeof en;

const de: Texts = {
  title: "Einstellungen",
  lead: "Was für die ganze Organisation gilt.",
  tabs: {
    general: "Allgemein",
    domains: "Domains",
    signIn: "Wer sich anmelden darf",
    setupLinks: "Einrichtungslinks",
    retention: "Daten",
  },
  general: {
    name: "Name",
    nameHelp: "Wie ihre Leute sie kennen: auf Anmeldeseiten und in Einrichtungslinks.",
    slug: "Kurzname",
    slugHelp: "So nennen Anwendungen, Links und Tokens sie. Der alte bleibt reserviert.",
    slugFixed: "So nennen Anwendungen, Links und Tokens sie. Nur ein Betreiber kann ihn ändern.",
    id: "Id",
    remove: "Organisation löschen",
    removeTitle: (name) => `${name} löschen?`,
    removeEffect: (name) =>
      `Alles von ${name} endet sofort, und nichts bringt es zurück: Verbindungen, Verzeichnisse, Mitglieder, Sitzungen und Einrichtungslinks. Niemand meldet sich mehr darüber an.`,
    removeLead: "Beendet jede Anmeldung dieser Organisation und entfernt, was zu ihr gehört.",
  },
  logo: {
    title: "Logo",
    help: "Steht in Einrichtungslinks und dort, wo Leute wählen, wie sie sich anmelden.",
    operatorHelp:
      "Steht für den Betreiber dieses Gateways: in Einrichtungslinks und dort, wo Leute ihre Arbeitsadresse eingeben.",
    bounds: "PNG oder JPEG, höchstens 512 kB und 4 Millionen Pixel.",
    alt: (name) => `Logo von ${name}`,
    none: "Kein Logo.",
    upload: "Logo hochladen",
    replace: "Logo ersetzen",
    remove: "Logo entfernen",
  },
  domains: {
    lead: "Wer eine Adresse einer bestätigten Domain hat, wird zu dieser Organisation geführt und über die Adresse zugeordnet.",
    add: "Domain hinzufügen",
    name: "Domain",
    nameHelp: "Was hinter dem @ steht: acme.com",
    state: "Stand",
    verified: "Bestätigt",
    waiting: "Wartet auf den Eintrag",
    since: "Bestätigt",
    added: "Hinzugefügt",
    empty: {
      title: "Noch keine Domain",
      text: "Fügen Sie die Domains der E-Mail-Adressen dieser Organisation hinzu, und zeigen Sie durch einen DNS-Eintrag, dass es ihre sind.",
    },
    record:
      "Tragen Sie diesen TXT-Eintrag in das DNS der Domain ein. Ist sie bestätigt, darf er wieder verschwinden.",
    host: "Name",
    value: "Wert",
    verify: "Eintrag prüfen",
    remove: "Entfernen",
    removeTitle: (name) => `${name} entfernen?`,
    removeAct: "Domain entfernen",
    removeVerified: (name) =>
      `Wer eine Adresse bei ${name} hat, wird nicht mehr hierher geführt, und niemand Neues wird über eine solche Adresse zugeordnet. Wer Mitglied ist, bleibt es.`,
    removeWaiting: "Sie ist nicht bestätigt, also merkt es niemand.",
    counts: (name) => `${name} zählt für diese Organisation.`,
  },
  signIn: {
    who: "Wer sich anmelden darf",
    justInTime: "Wen der Identitätsanbieter einlässt",
    justInTimeHelp: "Wer sich dort zum ersten Mal anmeldet, wird Mitglied.",
    directory: "Nur, wen ein Verzeichnis kennt",
    directoryHelp: "Ein Verzeichnis muss sie übertragen haben und als aktiv führen.",
    roles: "Woher die Rollen derer kommen, die ein Verzeichnis verwaltet",
    rolesDirectory: "Allein aus den Gruppen des Verzeichnisses",
    rolesBoth: "Auch aus den Gruppen, die der Identitätsanbieter bei der Anmeldung nennt",
    planned: (count) =>
      count === 0
        ? "Niemand verliert dadurch den Zugang: Jedes aktive Mitglied kennt ein Verzeichnis."
        : count === 1
          ? "1 Mitglied kann sich nach dem Speichern nicht mehr anmelden:"
          : `${count} Mitglieder können sich nach dem Speichern nicht mehr anmelden:`,
    more: (count) => `und ${count} weitere`,
    noName: "ohne Namen",
    changedMeanwhile:
      "Wer den Zugang verliert, hat sich inzwischen geändert. Lesen Sie die Liste noch einmal, dann speichern Sie.",
  },
  links: {
    lead: "Eine Adresse, über die der IdP-Admin eines Kunden alles einrichtet, ohne Konto hier.",
    create: "Neuer Einrichtungslink",
    name: "Name",
    nameHelp: "Für wen er ist. Das Protokoll zeigt unter diesem Namen, was mit ihm getan wird.",
    namePlaceholder: "Für Ann bei Acme",
    intents: "Wofür er ist",
    intent: {
      sso: "Den Identitätsanbieter verbinden",
      directory: "Das Verzeichnis einrichten",
      domain: "Eine E-Mail-Domain bestätigen",
      certificate: "Das Zertifikat des IdP erneuern",
    },
    short: { sso: "Anmeldung", directory: "Verzeichnis", domain: "Domain", certificate: "Zertifikat" },
    days: "Gilt (Tage)",
    make: "Link erstellen",
    url: "Einrichtungslink",
    urlOnce:
      "Wird nur dieses eine Mal angezeigt: Senden Sie ihn an die Person, die einrichtet. Wer ihn hat, darf tun, wofür er ist.",
    done: "Fertig",
    state: "Stand",
    live: "Gilt",
    creatorLeft: "Beendet: Wer ihn angelegt hat, ist fort",
    expired: "Abgelaufen",
    revoked: "Widerrufen",
    expires: "Bis",
    used: "Zuletzt benutzt",
    never: "Nie",
    revoke: "Widerrufen",
    revokeTitle: (name) => `„${name}“ widerrufen?`,
    revokeEffect: "Wer ihn offen hat, kann nichts mehr damit tun. Was damit eingerichtet wurde, bleibt.",
    revokeAct: "Link widerrufen",
    empty: {
      title: "Noch kein Einrichtungslink",
      text: "Senden Sie einen an den IdP-Admin des Kunden: Er zeigt jeden Schritt in den Worten des eigenen Produkts.",
    },
  },
};

export const settingsTexts: Catalogue<Texts> = { en, de };
