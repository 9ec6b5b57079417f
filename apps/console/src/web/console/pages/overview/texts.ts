import type { Catalogue } from "../../../texts/language.tsx";

const en = {
  lead: "What is set up, and what needs a look.",
  attention: "Needs a look",
  nothing: "Nothing. Everything that is set up works.",
  conflicts: (count: string) =>
    count === "1" ? "1 conflict waits to be settled" : `${count} conflicts wait to be settled`,
  domainWaiting: (name: string) => `${name} waits for its DNS record`,
  connectionDisabled: (name: string) => `${name} is disabled: nobody signs in by it`,
  certificateExpired: (name: string) => `A certificate of ${name} has expired`,
  certificateEnds: (name: string, days: number) =>
    days === 1 ? `A certificate of ${name} ends in 1 day` : `A certificate of ${name} ends in ${days} days`,
  directoryDisabled: (name: string) => `${name} is disabled: its pushes are refused`,
  connections: "Connections",
  directories: "Directories",
  domains: "Domains",
  active: "Active",
  disabled: "Disabled",
  verified: "Verified",
  waiting: "Waiting for the record",
  none: "None",
  changed: "Changed",
  empty: {
    title: "Nothing is set up yet",
    text: "Send a setup link to the customer's IdP admin: they connect their identity provider, their directory and their domain by themselves.",
    act: "New setup link",
  },
};

type Texts = typeof en;

const de: Texts = {
  lead: "Was eingerichtet ist, und was einen Blick braucht.",
  attention: "Braucht einen Blick",
  nothing: "Nichts. Alles Eingerichtete funktioniert.",
  conflicts: (count) =>
    count === "1" ? "1 Konflikt ist zu entscheiden" : `${count} Konflikte sind zu entscheiden`,
  domainWaiting: (name) => `${name} wartet auf den DNS-Eintrag`,
  connectionDisabled: (name) => `${name} ist abgeschaltet: Niemand meldet sich darüber an`,
  certificateExpired: (name) => `Ein Zertifikat von ${name} ist abgelaufen`,
  certificateEnds: (name, days) =>
    days === 1
      ? `Ein Zertifikat von ${name} endet in 1 Tag`
      : `Ein Zertifikat von ${name} endet in ${days} Tagen`,
  directoryDisabled: (name) => `${name} ist abgeschaltet: Übertragungen werden abgewiesen`,
  connections: "Verbindungen",
  directories: "Verzeichnisse",
  domains: "Domains",
  active: "Aktiv",
  disabled: "Abgeschaltet",
  verified: "Bestätigt",
  waiting: "Wartet auf den Eintrag",
  none: "Keine",
  changed: "Geändert",
  empty: {
    title: "Noch ist nichts eingerichtet",
    text: "Senden Sie dem IdP-Admin des Kunden einen Einrichtungslink: Identitätsanbieter, Verzeichnis und Domain verbindet er selbst.",
    act: "Neuer Einrichtungslink",
  },
};

export const overviewTexts: Catalogue<Texts> = { en, de };
