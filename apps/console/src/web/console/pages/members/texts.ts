import type { Catalogue } from "../../../texts/language.tsx";

const en = {
  title: "Members",
  lead: "Who belongs to the organization, and what they may do.",
  add: "Add member",
  unnamed: "Without name",
  columns: {
    person: "Person",
    name: "Name",
    status: "State",
    source: "Comes from",
    roles: "Roles",
    since: "Since",
  },
  filters: { email: "Email", status: "State" },
  active: "Active",
  suspended: "Suspended",
  waiting: "Waiting for a seat",
  source: { directory: "Directory", jit: "Sign-in", manual: "By hand" },
  unmanaged: "No directory knows them",
  empty: {
    title: "Nobody is here yet",
    text: "People come by a directory's push, by their first sign-in, or by hand.",
  },
  form: {
    title: "Add a member by hand",
    email: "Email",
    emailHelp: "Whoever signs in with it, by a verified domain, is this person.",
    name: "Name",
    roles: "Roles",
    rolesHelp: "Keys, separated by commas. Every member has the role member.",
    add: "Add member",
  },
  page: {
    back: "All members",
    suspend: "Suspend",
    suspendTitle: (person: string) => `Suspend ${person}?`,
    suspendEffect: (sessions: number) =>
      sessions === 0
        ? "They cannot sign in any more. They are signed in nowhere now."
        : `They cannot sign in any more, and ${sessions === 1 ? "1 session ends" : `${sessions} sessions end`} now.`,
    suspendAct: "Suspend member",
    activate: "Activate",
    remove: "Remove",
    removeTitle: (person: string) => `Remove ${person}?`,
    removeEffect:
      "The membership and its roles are gone, and their sessions end. A directory that has them brings them back.",
    removeAct: "Remove member",
    erase: "Erase this person",
    eraseTitle: (person: string) => `Erase ${person} for good?`,
    eraseEnds: (sessions: number, identities: number, directoryUsers: number) =>
      `Ends at once: ${sessions} ${sessions === 1 ? "session" : "sessions"}. Deleted: ${identities} ${identities === 1 ? "identity" : "identities"} at identity providers, ${directoryUsers} ${directoryUsers === 1 ? "user" : "users"} of directories, roles, login records.`,
    eraseEffect:
      "The audit trail keeps its events, without the person's data. Nothing brings it back. A directory that still has the person makes a new one.",
    eraseAct: "Erase person",
    takeOver: "Answer by hand",
    takeOverTitle: (person: string) => `Answer for ${person} by hand?`,
    takeOverEffect:
      "From then on they may sign in whatever a directory says of them, until an administrator suspends them.",
    takeOverAct: "Take over",
    details: {
      user: "Person (sub)",
      member: "Membership",
      groups: "Groups",
      none: "None",
      directory: "Directories say",
      directoryWord: { active: "Active", ended: "Deactivated or deleted", released: "Answered for by hand" },
      unknown: "Nothing",
    },
  },
  held: {
    suspends: "A directory would end their access",
    takes: "A directory would take roles from them",
    waits:
      "It would do so to more people at once than its guard lets through, so they keep what they have until somebody decides.",
    look: "See the held change",
  },
  signIn: {
    yes: "They can sign in",
    no: "They cannot sign in",
    last: "Last signed in",
    never: "They have not signed in yet.",
    passed: "Passed",
    failed: "Failed",
    ended: (userName: string, deleted: boolean, decides: boolean) =>
      `${deleted ? "Deleted" : "Deactivated"} as ${userName} in ${decides ? "the directory that comes first" : "a directory"}`,
    checks: {
      connection_active: "A connection is active",
      found_at_first_login: "A first sign-in finds them",
      has_seat: "They have a seat, where seats are limited",
      membership_active: "The membership is active",
      directory_active: "No directory has ended their access",
      nobody_ended: "Their logins name nobody whom a directory ended",
      known_to_directory: "A directory knows them, where that is needed",
    },
  },
  why: {
    title: "Roles, and why",
    permissions: "Permissions",
    noPermissions: "None of the roles gives a permission.",
    membership: "Every member has it",
    hand: "Given by hand",
    byDefault: "Default role, since no group gives them one",
    prefix: (start: string) => `mapping of groups that begin with ${start}`,
    pattern: (pattern: string) => `mapping by the pattern ${pattern}`,
    signIn: (group: string, mapped: boolean) =>
      mapped
        ? `Signed in with the group ${group}`
        : `Signed in with the group ${group}, which gives it no longer`,
    outdated: "A directory gave it once; what it says now does not",
    mapping: (name: string) => `mapping ${name}`,
    bound: "bound to the group",
    since: "since",
    request: "by request",
  },
  consoleRole: {
    label: "In this console",
    none: "No access",
    organizationViewer: "Viewer",
    organizationAdmin: "Admin",
    operator: "Operator",
  },
};

export type MembersTexts = typeof en;

const de: MembersTexts = {
  title: "Mitglieder",
  lead: "Wer zur Organisation gehört und was er oder sie darf.",
  add: "Mitglied hinzufügen",
  unnamed: "Ohne Namen",
  columns: {
    person: "Person",
    name: "Name",
    status: "Zustand",
    source: "Kommt aus",
    roles: "Rollen",
    since: "Seit",
  },
  filters: { email: "E-Mail", status: "Zustand" },
  active: "Aktiv",
  suspended: "Gesperrt",
  waiting: "Wartet auf Platz",
  source: { directory: "Verzeichnis", jit: "Anmeldung", manual: "Von Hand" },
  unmanaged: "Kein Verzeichnis kennt sie",
  empty: {
    title: "Noch ist niemand hier",
    text: "Leute kommen durch ein Verzeichnis, durch ihre erste Anmeldung oder von Hand.",
  },
  form: {
    title: "Mitglied von Hand hinzufügen",
    email: "E-Mail",
    emailHelp: "Wer sich damit über eine bestätigte Domain anmeldet, ist diese Person.",
    name: "Name",
    roles: "Rollen",
    rolesHelp: "Schlüssel, durch Kommas getrennt. Die Rolle member hat jedes Mitglied.",
    add: "Mitglied hinzufügen",
  },
  page: {
    back: "Alle Mitglieder",
    suspend: "Sperren",
    suspendTitle: (person) => `${person} sperren?`,
    suspendEffect: (sessions) =>
      sessions === 0
        ? "Die Person kann sich nicht mehr anmelden. Angemeldet ist sie jetzt nirgends."
        : `Die Person kann sich nicht mehr anmelden, und ${sessions === 1 ? "1 Sitzung endet" : `${sessions} Sitzungen enden`} jetzt.`,
    suspendAct: "Mitglied sperren",
    activate: "Freigeben",
    remove: "Entfernen",
    removeTitle: (person) => `${person} entfernen?`,
    removeEffect:
      "Die Mitgliedschaft und ihre Rollen sind weg, und die Sitzungen enden. Ein Verzeichnis, das die Person hat, bringt sie zurück.",
    removeAct: "Mitglied entfernen",
    erase: "Daten dieser Person tilgen",
    eraseTitle: (person) => `Alle Daten von ${person} tilgen?`,
    eraseEnds: (sessions, identities, directoryUsers) =>
      `Sofort beendet: ${sessions} ${sessions === 1 ? "Sitzung" : "Sitzungen"}. Gelöscht: ${identities} ${identities === 1 ? "Identität" : "Identitäten"} bei Identitätsanbietern, ${directoryUsers} Benutzer von Verzeichnissen, Rollen, Anmeldeprotokolle.`,
    eraseEffect:
      "Das Audit-Protokoll behält seine Ereignisse, ohne die Daten der Person. Nichts bringt sie zurück. Ein Verzeichnis, das die Person noch hat, macht daraus eine neue.",
    eraseAct: "Person tilgen",
    takeOver: "Von Hand verantworten",
    takeOverTitle: (person) => `${person} von Hand verantworten?`,
    takeOverEffect:
      "Von da an kann sich die Person anmelden, was auch immer ein Verzeichnis sagt, bis jemand sie sperrt.",
    takeOverAct: "Übernehmen",
    details: {
      user: "Person (sub)",
      member: "Mitgliedschaft",
      groups: "Gruppen",
      none: "Keine",
      directory: "Verzeichnisse sagen",
      directoryWord: {
        active: "Aktiv",
        ended: "Deaktiviert oder gelöscht",
        released: "Von Hand verantwortet",
      },
      unknown: "Nichts",
    },
  },
  held: {
    suspends: "Ein Verzeichnis würde ihren Zugang beenden",
    takes: "Ein Verzeichnis würde ihnen Rollen nehmen",
    waits:
      "Es beträfe mehr Personen auf einmal, als der Schutz durchlässt. Bis jemand entscheidet, bleibt alles, wie es ist.",
    look: "Angehaltene Änderung ansehen",
  },
  signIn: {
    yes: "Die Person kann sich anmelden",
    no: "Die Person kann sich nicht anmelden",
    last: "Zuletzt angemeldet",
    never: "Sie hat sich noch nicht angemeldet.",
    passed: "Erfüllt",
    failed: "Nicht erfüllt",
    ended: (userName, deleted, decides) =>
      `Als ${userName} ${decides ? "im Verzeichnis, das zuerst zählt," : "in einem Verzeichnis"} ${deleted ? "gelöscht" : "deaktiviert"}`,
    checks: {
      connection_active: "Eine Verbindung ist aktiv",
      found_at_first_login: "Eine erste Anmeldung findet die Person",
      has_seat: "Die Person hat einen Platz, wo Plätze begrenzt sind",
      membership_active: "Die Mitgliedschaft ist aktiv",
      directory_active: "Kein Verzeichnis hat den Zugang beendet",
      nobody_ended: "Die Anmeldungen nennen niemanden, den ein Verzeichnis beendet hat",
      known_to_directory: "Ein Verzeichnis kennt die Person, wo das nötig ist",
    },
  },
  why: {
    title: "Rollen, und warum",
    permissions: "Berechtigungen",
    noPermissions: "Keine der Rollen gibt eine Berechtigung.",
    membership: "Hat jedes Mitglied",
    hand: "Von Hand gegeben",
    byDefault: "Standardrolle, weil keine Gruppe eine gibt",
    prefix: (start) => `Zuordnung von Gruppen, die mit ${start} beginnen`,
    pattern: (pattern) => `Zuordnung nach dem Muster ${pattern}`,
    signIn: (group, mapped) =>
      mapped
        ? `Mit der Gruppe ${group} angemeldet`
        : `Mit der Gruppe ${group} angemeldet, die sie nicht mehr gibt`,
    outdated: "Ein Verzeichnis gab sie einmal; was es jetzt sagt, gibt sie nicht",
    mapping: (name) => `Zuordnung ${name}`,
    bound: "an die Gruppe gebunden",
    since: "seit",
    request: "durch Anfrage",
  },
  consoleRole: {
    label: "In dieser Konsole",
    none: "Kein Zugang",
    organizationViewer: "Betrachter",
    organizationAdmin: "Admin",
    operator: "Operator",
  },
};

export const membersTexts: Catalogue<MembersTexts> = { en, de };
