import type { Schemas } from "../../../api/client.ts";
import type { Catalogue } from "../../../texts/language.tsx";

type Counts = Schemas["AccessPlan"]["counts"];

const people = (count: number) => (count === 1 ? "1 person" : `${count} people`);

const en = {
  title: "Groups & roles",
  lead: "What members may do, which groups give it to them, and what directories would take away.",
  tabs: { roles: "Roles", mappings: "Group mappings", policy: "Policy", held: "Held changes" },
  roles: {
    label: "Roles",
    lead: "A role is a name for permissions. Both stand in the tokens that your applications read.",
    create: "Create role",
    name: "Name",
    namePlaceholder: "Billing administrator",
    key: "Key",
    keyHelp: "What tokens hold, as billing-admin: small letters, digits and . _ : -. It never changes.",
    permissions: "Permissions",
    permissionsHelp: "Your applications' own words for what it allows. Press Enter after each.",
    permissionsPlaceholder: "billing:read",
    noPermissions: "None",
    since: "Created",
    delete: "Delete role",
    deleteTitle: (name: string) => `Delete the role “${name}”?`,
    deleteMappings: (mappings: number, lose: number) =>
      mappings === 0
        ? "No group gives it."
        : `${mappings === 1 ? "1 group mapping ends" : `${mappings} group mappings end`} with it, and ${people(lose)} ${lose === 1 ? "loses" : "lose"} it by that.`,
    deleteEffect: "Whoever was given it by hand loses it too. Tokens show it at once.",
    empty: {
      title: "No roles yet",
      text: "Create one for each thing that members may do, and map the groups of your directory to it.",
    },
  },
  mappings: {
    label: "Group mappings",
    lead: "A group that a directory pushes, or that an identity provider tells at sign-in, gives its members a role. You see who gains and who loses what before anything is saved.",
    group: "Group",
    match: "Match",
    matches: { exact: "Whole name", prefix: "Beginning", pattern: "Pattern" },
    named: { exact: "Group", prefix: "Beginning", pattern: "Pattern" },
    placeholders: { exact: "Its name at the identity provider", prefix: "app-", pattern: "app-*-admins" },
    begins: (start: string) => `Begins with ${start}`,
    noAsterisk: "A pattern has a *, which stands for any characters",
    everyGroup: "This names every group: set a default role instead",
    directory: "Directory",
    anyDirectory: "Any, and sign-ins",
    namesGroups: (count: number) =>
      count === 0 ? "No group is named so yet" : count === 1 ? "Names 1 group" : `Names ${count} groups`,
    andMore: (count: number) => `and ${count} more`,
    role: "Role",
    rolePlaceholder: "Choose a role",
    add: "Add mapping",
    repeats: "This group gives this role already",
    act: "Action",
    added: "Added",
    removed: "Removed",
    remove: "Remove",
    restore: "Keep",
    plan: "What this changes",
    save: "Save mappings",
    discard: "Discard",
    saved: "The mappings are saved. Members' roles follow within moments.",
    empty: {
      title: "No group gives a role yet",
      text: "Name a group and the role that its members get. Groups that have not been pushed yet may be named too.",
    },
  },
  plan: {
    nobody: "Nobody's access changes",
    people: (count: number) => `Changes the access of ${people(count)}`,
    counts: ({ gain, lose, suspend, admit }: Counts) =>
      [
        `${gain} gain a role`,
        `${lose} lose a role`,
        ...(suspend === 0 ? [] : [`${suspend} could sign in no longer`]),
        ...(admit === 0
          ? []
          : [`${admit} ${admit === 1 ? "waits" : "wait"} for a seat and get${admit === 1 ? "s" : ""} one`]),
      ].join(" · "),
    gains: (role: string) => `gains ${role}`,
    loses: (role: string) => `loses ${role}`,
    suspended: "could sign in no longer",
    admitted: "waits for a seat and gets one",
    unnamed: "Without name",
    more: "Show more people",
  },
  held: {
    label: "Held changes",
    lead: "When a directory would take access from unusually many people at once, or an identity provider's signals would end their sessions, nobody loses anything until you decide.",
    banner: "A change is held until you decide",
    bannerLine: (directory: string, count: number) =>
      `${directory} would take access from ${people(count)} at once.`,
    bannerLineOfSignals: (connection: string, count: number) =>
      `Signals of ${connection} would end the sessions of ${people(count)} at once.`,
    look: "See whom it concerns",
    panel: "Held change",
    of: "Of",
    state: "State",
    people: "People",
    suspended: "Could not sign in",
    since: "Held",
    status: {
      held: "Waits for you",
      confirmed: "Confirmed",
      rejected: "Rejected",
      withdrawn: "Taken back",
    },
    explained: {
      held: "Nobody has lost anything. Confirm what the directory says, or reject it if it is a mistake there.",
      rejected:
        "Its people keep what they have until the directory says something else of them. You may still confirm it.",
      confirmed: "It was applied as the directory stood then.",
      withdrawn: "The directory took all of it back.",
    },
    explainedOfSignals: {
      held: "Nobody was signed out. Confirm what the identity provider says, or reject it if it is a mistake there.",
      rejected: "Nobody was signed out by these signals. You may still confirm it.",
      confirmed: "The sessions ended that had begun by the time of the signals.",
      withdrawn: "Other signals ended these sessions meanwhile.",
    },
    came: "Held",
    decided: "decided",
    reject: "Reject change",
    confirm: "Confirm change",
    confirmTitle: (name: string) => `Let ${name}'s change happen?`,
    confirmEffect: ({ lose, suspend }: Counts) =>
      `${people(lose)} ${lose === 1 ? "loses" : "lose"} a role, and ${people(suspend)} can sign in no longer: their sessions end at once. It applies as the directory stands by then.`,
    confirmAct: "Take their access",
    confirmEffectOfSignals: ({ people: count }: Counts) =>
      `${people(count)} ${count === 1 ? "is" : "are"} signed out of the sessions that had begun by the time of the signals.`,
    confirmActOfSignals: "End their sessions",
    empty: {
      title: "Nothing is held",
      text: "If a directory would suspend, or take roles from, more people at once than its guard lets through, the change waits here for your decision.",
    },
  },
};

type Texts = typeof en;

const personen = (count: number) => (count === 1 ? "1 Person" : `${count} Personen`);

const de: Texts = {
  title: "Gruppen & Rollen",
  lead: "Was Mitglieder dürfen, welche Gruppen es ihnen geben und was Verzeichnisse wegnehmen würden.",
  tabs: {
    roles: "Rollen",
    mappings: "Gruppen-Zuordnungen",
    policy: "Regeln",
    held: "Angehaltene Änderungen",
  },
  roles: {
    label: "Rollen",
    lead: "Eine Rolle ist ein Name für Berechtigungen. Beide stehen in den Tokens, die Ihre Anwendungen lesen.",
    create: "Rolle anlegen",
    name: "Name",
    namePlaceholder: "Abrechnungs-Admin",
    key: "Schlüssel",
    keyHelp:
      "Was in Tokens steht, etwa billing-admin: Kleinbuchstaben, Ziffern und . _ : -. Er ändert sich nie.",
    permissions: "Berechtigungen",
    permissionsHelp: "Die Wörter Ihrer Anwendungen für das, was sie erlaubt. Nach jedem die Eingabetaste.",
    permissionsPlaceholder: "billing:read",
    noPermissions: "Keine",
    since: "Angelegt",
    delete: "Rolle löschen",
    deleteTitle: (name) => `Rolle „${name}“ löschen?`,
    deleteMappings: (mappings, lose) =>
      mappings === 0
        ? "Keine Gruppe gibt sie."
        : `${mappings === 1 ? "1 Gruppen-Zuordnung endet" : `${mappings} Gruppen-Zuordnungen enden`} damit, und ${personen(lose)} ${lose === 1 ? "verliert" : "verlieren"} sie dadurch.`,
    deleteEffect: "Auch wem sie von Hand gegeben wurde, verliert sie. Tokens zeigen es sofort.",
    empty: {
      title: "Noch keine Rollen",
      text: "Legen Sie eine für alles an, was Mitglieder dürfen, und ordnen Sie ihr die Gruppen Ihres Verzeichnisses zu.",
    },
  },
  mappings: {
    label: "Gruppen-Zuordnungen",
    lead: "Eine Gruppe, die ein Verzeichnis überträgt oder ein Identitätsanbieter bei der Anmeldung nennt, gibt ihren Mitgliedern eine Rolle. Sie sehen, wer was gewinnt und wer was verliert, bevor etwas gespeichert wird.",
    group: "Gruppe",
    match: "Vergleich",
    matches: { exact: "Ganzer Name", prefix: "Anfang", pattern: "Muster" },
    named: { exact: "Gruppe", prefix: "Anfang", pattern: "Muster" },
    placeholders: { exact: "Ihr Name beim Identitätsanbieter", prefix: "app-", pattern: "app-*-admins" },
    begins: (start) => `Beginnt mit ${start}`,
    noAsterisk: "Ein Muster hat ein *, das für beliebige Zeichen steht",
    everyGroup: "Das nennt jede Gruppe: Setzen Sie stattdessen eine Standardrolle",
    directory: "Verzeichnis",
    anyDirectory: "Alle, und Anmeldungen",
    namesGroups: (count) =>
      count === 0 ? "So heißt noch keine Gruppe" : count === 1 ? "Nennt 1 Gruppe" : `Nennt ${count} Gruppen`,
    andMore: (count) => `und ${count} weitere`,
    role: "Rolle",
    rolePlaceholder: "Rolle wählen",
    add: "Zuordnung hinzufügen",
    repeats: "Diese Gruppe gibt diese Rolle schon",
    act: "Aktion",
    added: "Neu",
    removed: "Entfernt",
    remove: "Entfernen",
    restore: "Behalten",
    plan: "Was sich dadurch ändert",
    save: "Zuordnungen speichern",
    discard: "Verwerfen",
    saved: "Die Zuordnungen sind gespeichert. Die Rollen der Mitglieder folgen gleich.",
    empty: {
      title: "Noch gibt keine Gruppe eine Rolle",
      text: "Nennen Sie eine Gruppe und die Rolle, die ihre Mitglieder bekommen. Auch Gruppen, die noch nicht übertragen wurden.",
    },
  },
  plan: {
    nobody: "Für niemanden ändert sich etwas",
    people: (count) => `Ändert, was ${personen(count)} ${count === 1 ? "darf" : "dürfen"}`,
    counts: ({ gain, lose, suspend, admit }) =>
      [
        `${gain} gewinnen eine Rolle`,
        `${lose} verlieren eine Rolle`,
        ...(suspend === 0 ? [] : [`${suspend} könnten sich nicht mehr anmelden`]),
        ...(admit === 0
          ? []
          : [
              `${admit} ${admit === 1 ? "wartet auf einen Platz und bekommt ihn" : "warten auf einen Platz und bekommen ihn"}`,
            ]),
      ].join(" · "),
    gains: (role) => `gewinnt ${role}`,
    loses: (role) => `verliert ${role}`,
    suspended: "könnte sich nicht mehr anmelden",
    admitted: "wartet auf einen Platz und bekommt ihn",
    unnamed: "Ohne Namen",
    more: "Weitere Personen zeigen",
  },
  held: {
    label: "Angehaltene Änderungen",
    lead: "Würde ein Verzeichnis ungewöhnlich vielen auf einmal den Zugang nehmen, oder würden Signale eines Identitätsanbieters ihre Sitzungen beenden, verliert niemand etwas, bis Sie entscheiden.",
    banner: "Eine Änderung wartet auf Ihre Entscheidung",
    bannerLine: (directory, count) => `${directory} würde ${personen(count)} auf einmal den Zugang nehmen.`,
    bannerLineOfSignals: (connection, count) =>
      `Signale von ${connection} würden die Sitzungen von ${personen(count)} auf einmal beenden.`,
    look: "Sehen, wen es betrifft",
    panel: "Angehaltene Änderung",
    of: "Von",
    state: "Zustand",
    people: "Personen",
    suspended: "Ohne Anmeldung",
    since: "Angehalten",
    status: {
      held: "Wartet auf Sie",
      confirmed: "Bestätigt",
      rejected: "Abgelehnt",
      withdrawn: "Zurückgenommen",
    },
    explained: {
      held: "Niemand hat etwas verloren. Bestätigen Sie, was das Verzeichnis sagt, oder lehnen Sie es ab, wenn es dort ein Fehler ist.",
      rejected:
        "Die Personen behalten, was sie haben, bis das Verzeichnis etwas anderes von ihnen sagt. Sie können die Änderung noch bestätigen.",
      confirmed: "Sie wurde angewandt, wie das Verzeichnis da stand.",
      withdrawn: "Das Verzeichnis hat alles zurückgenommen.",
    },
    explainedOfSignals: {
      held: "Niemand wurde abgemeldet. Bestätigen Sie, was der Identitätsanbieter sagt, oder lehnen Sie es ab, wenn es dort ein Fehler ist.",
      rejected: "Diese Signale haben niemanden abgemeldet. Sie können die Änderung noch bestätigen.",
      confirmed: "Die Sitzungen, die zur Zeit der Signale schon bestanden, sind beendet.",
      withdrawn: "Andere Signale haben diese Sitzungen inzwischen beendet.",
    },
    came: "Angehalten",
    decided: "entschieden",
    reject: "Änderung ablehnen",
    confirm: "Änderung bestätigen",
    confirmTitle: (name) => `Die Änderung von ${name} zulassen?`,
    confirmEffect: ({ lose, suspend }) =>
      `${personen(lose)} ${lose === 1 ? "verliert" : "verlieren"} eine Rolle, und ${personen(suspend)} ${suspend === 1 ? "kann" : "können"} sich nicht mehr anmelden: Ihre Sitzungen enden sofort. Es gilt, was das Verzeichnis dann sagt.`,
    confirmAct: "Zugang nehmen",
    confirmEffectOfSignals: ({ people: count }) =>
      `${personen(count)} ${count === 1 ? "wird" : "werden"} aus den Sitzungen abgemeldet, die zur Zeit der Signale schon bestanden.`,
    confirmActOfSignals: "Sitzungen beenden",
    empty: {
      title: "Nichts ist angehalten",
      text: "Würde ein Verzeichnis mehr Personen auf einmal sperren oder ihnen Rollen nehmen, als sein Schutz durchlässt, wartet die Änderung hier auf Ihre Entscheidung.",
    },
  },
};

export const rolesTexts: Catalogue<Texts> = { en, de };
