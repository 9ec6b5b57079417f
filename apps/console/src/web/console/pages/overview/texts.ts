import type { Catalogue } from "../../../texts/language.tsx";

/** A number with its noun. */
const counted = (one: string, many: string) => (count: number) =>
  count === 1 ? `1 ${one}` : `${count} ${many}`;

const en = {
  lead: "What is set up, how it is used, and what needs a look.",
  attention: "Needs a look",
  nothing: "Nothing. Everything that is set up works.",
  conflicts: counted("conflict waits to be settled", "conflicts wait to be settled"),
  heldChanges: counted(
    "change of a directory waits to be confirmed",
    "changes of directories wait to be confirmed",
  ),
  groupsLimited: counted(
    "group is in more groups than count: some roles may be missing",
    "groups are in more groups than count: some roles may be missing",
  ),
  inReview: (name: string) => `${name} is in review: nobody's access goes by it until you activate it`,
  failing: (name: string, failures: number) =>
    failures === 1
      ? `The only sign-in by ${name} in the last 24 hours failed`
      : `All ${failures} sign-ins by ${name} failed in the last 24 hours`,
  domainWaiting: (name: string) => `${name} waits for its DNS record`,
  connectionsDisabled: counted(
    "connection is disabled: nobody signs in by it",
    "connections are disabled: nobody signs in by them",
  ),
  directoriesDisabled: counted(
    "directory is disabled: its pushes are refused",
    "directories are disabled: their pushes are refused",
  ),
  certificateExpired: (name: string) => `A certificate of ${name} has expired`,
  certificateEnds: (name: string, days: number) =>
    days === 1 ? `A certificate of ${name} ends in 1 day` : `A certificate of ${name} ends in ${days} days`,
  late: counted("push waits for more than a minute", "pushes wait for more than a minute"),
  setUp: "Set up",
  connections: "Connections",
  directories: "Directories",
  domains: "Verified domains",
  active: (count: number) => `${count} active`,
  none: "None",
  lastLogin: "Last sign-in",
  lastPush: "Last request",
  never: "Never",
  logins: "Sign-ins in the last 24 hours",
  pushes: "Directory pushes in the last 24 hours",
  quiet: "None in this time.",
  outcome: { success: "Succeeded", failure: "Failed", started: "Not finished", refused: "Refused" },
  hour: "Hour",
  causes: "Why sign-ins failed",
  empty: {
    title: "Nothing is set up yet",
    text: "Send a setup link to the customer's IdP admin: they connect their identity provider, their directory and their domain by themselves.",
    act: "New setup link",
  },
};

export type OverviewTexts = typeof en;

const de: OverviewTexts = {
  lead: "Was eingerichtet ist, wie es benutzt wird und was einen Blick braucht.",
  attention: "Braucht einen Blick",
  nothing: "Nichts. Alles Eingerichtete funktioniert.",
  conflicts: counted("Konflikt ist zu entscheiden", "Konflikte sind zu entscheiden"),
  heldChanges: counted(
    "Änderung eines Verzeichnisses wartet auf Bestätigung",
    "Änderungen von Verzeichnissen warten auf Bestätigung",
  ),
  groupsLimited: counted(
    "Gruppe ist in mehr Gruppen, als zählen: Rollen können fehlen",
    "Gruppen sind in mehr Gruppen, als zählen: Rollen können fehlen",
  ),
  inReview: (name) => `${name} wird geprüft: Es bestimmt über niemandes Zugang, bis Sie es aktivieren`,
  failing: (name, failures) =>
    failures === 1
      ? `Die einzige Anmeldung über ${name} in den letzten 24 Stunden ist gescheitert`
      : `Alle ${failures} Anmeldungen über ${name} in den letzten 24 Stunden sind gescheitert`,
  domainWaiting: (name) => `${name} wartet auf den DNS-Eintrag`,
  connectionsDisabled: counted(
    "Verbindung ist abgeschaltet: Niemand meldet sich darüber an",
    "Verbindungen sind abgeschaltet: Niemand meldet sich darüber an",
  ),
  directoriesDisabled: counted(
    "Verzeichnis ist abgeschaltet: Übertragungen werden abgewiesen",
    "Verzeichnisse sind abgeschaltet: Übertragungen werden abgewiesen",
  ),
  certificateExpired: (name) => `Ein Zertifikat von ${name} ist abgelaufen`,
  certificateEnds: (name, days) =>
    days === 1
      ? `Ein Zertifikat von ${name} endet in 1 Tag`
      : `Ein Zertifikat von ${name} endet in ${days} Tagen`,
  late: counted("Übertragung wartet seit über einer Minute", "Übertragungen warten seit über einer Minute"),
  setUp: "Eingerichtet",
  connections: "Verbindungen",
  directories: "Verzeichnisse",
  domains: "Bestätigte Domains",
  active: (count) => `${count} aktiv`,
  none: "Keine",
  lastLogin: "Letzte Anmeldung",
  lastPush: "Letzte Anfrage",
  never: "Nie",
  logins: "Anmeldungen der letzten 24 Stunden",
  pushes: "Übertragungen des Verzeichnisses in den letzten 24 Stunden",
  quiet: "Keine in dieser Zeit.",
  outcome: { success: "Gelungen", failure: "Gescheitert", started: "Nicht beendet", refused: "Abgewiesen" },
  hour: "Stunde",
  causes: "Warum Anmeldungen scheiterten",
  empty: {
    title: "Noch ist nichts eingerichtet",
    text: "Senden Sie dem IdP-Admin des Kunden einen Einrichtungslink: Identitätsanbieter, Verzeichnis und Domain verbindet er selbst.",
    act: "Neuer Einrichtungslink",
  },
};

export const overviewTexts: Catalogue<OverviewTexts> = { en, de };
