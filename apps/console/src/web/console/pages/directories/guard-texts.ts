import type { Catalogue } from "../../../texts/language.tsx";

const en = {
  lead: "A wrong filter at the identity provider can take access from a whole company within minutes. So what a directory would take from too many people at once is held, and nobody loses anything, until an administrator confirms or rejects it.",
  counts: (share: number, people: number, minutes: number) =>
    share === 100
      ? "Nothing is held: with 100 % a directory may take access from everybody."
      : `Held is what would take access from ${people} people or more, and from more than ${share} % of the directory's members, within ${minutes} minutes.`,
  people: "People",
  peopleHelp: "Fewer than these may always lose access, so that a small team is not held up.",
  share: "Share of the directory's members, in percent",
  shareHelp: "Up to this share may lose access. 100: nothing is held.",
  minutes: "Within minutes",
  minutesHelp: "People who lost access within this time are counted together. At most 1440, a day.",
  setBy: {
    default: "These are the gateway's own numbers: nobody has set others.",
    organization: "Set for the organization: they count for every directory without numbers of its own.",
    directory: "Set for this directory alone.",
    connection: "Set for this connection alone.",
  },
  inherited: "The organization's numbers count, as long as none are set here.",
  reset: "Have the organization's numbers count",
  heldChanges: "Changes that are held",
  number: "Enter a whole number",
};

type Texts = typeof en;

const de: Texts = {
  lead: "Ein falscher Filter beim Identitätsanbieter kann binnen Minuten einem ganzen Unternehmen den Zugang nehmen. Deshalb wird angehalten, was ein Verzeichnis zu vielen auf einmal nähme, und niemand verliert etwas, bis ein Administrator es bestätigt oder ablehnt.",
  counts: (share, people, minutes) =>
    share === 100
      ? "Nichts wird angehalten: Mit 100 % darf ein Verzeichnis allen den Zugang nehmen."
      : `Angehalten wird, was binnen ${minutes} Minuten ${people} Personen oder mehr, und mehr als ${share} % der Mitglieder des Verzeichnisses, den Zugang nähme.`,
  people: "Personen",
  peopleHelp:
    "Weniger als diese dürfen den Zugang immer verlieren, damit kleine Teams nicht aufgehalten werden.",
  share: "Anteil der Mitglieder des Verzeichnisses, in Prozent",
  shareHelp: "Bis zu diesem Anteil darf den Zugang verlieren. 100: Nichts wird angehalten.",
  minutes: "Binnen Minuten",
  minutesHelp: "Wer in dieser Zeit den Zugang verlor, wird zusammengezählt. Höchstens 1440, ein Tag.",
  setBy: {
    default: "Dies sind die Zahlen des Gateways: Niemand hat andere gesetzt.",
    organization: "Für die Organisation gesetzt: Sie gelten für jedes Verzeichnis ohne eigene Zahlen.",
    directory: "Nur für dieses Verzeichnis gesetzt.",
    connection: "Nur für diese Verbindung gesetzt.",
  },
  inherited: "Die Zahlen der Organisation gelten, solange hier keine gesetzt sind.",
  reset: "Die Zahlen der Organisation gelten lassen",
  heldChanges: "Angehaltene Änderungen",
  number: "Geben Sie eine ganze Zahl ein",
};

export const guardTexts: Catalogue<Texts> = { en, de };
