import type { Catalogue } from "../../../texts/language.tsx";
import { people, personen } from "./texts.ts";

const en = {
  inReview: "In review: nothing of this has happened",
  inReviewText: "This is what would become of whom if you activated the directory now.",
  waiting: (count: number) => `${people(count)} that it pushed are not looked at yet: this may change.`,
  counts: { gain: "gain a role", lose: "lose a role", suspend: "could sign in no longer" },
  activate: "Activate directory",
  activateTitle: (name: string) => `Activate ${name}?`,
  activateEffect: (counts: { matched: number; new: number; suspend: number; lose: number }) =>
    `${people(counts.matched)} here already go by it from then on, and ${counts.new} more become members. ${people(counts.suspend)} can sign in no longer, and ${counts.lose} lose a role. What is more than the directory's guard lets through is held until you confirm it under Groups & roles.`,
  person: "Person",
  state: "State",
  states: {
    matched: "Matched",
    inactive: "Inactive there",
    unmatched: "Not known to it",
    elsewhere: "In another directory",
    new: "New",
    losing: "Would lose access or a role",
  },
  whole: (state: string, count: number) => `${state} (${count})`,
  explain: {
    matched:
      "The directory has them active. By proof: an address of a verified domain, or what the connection says.",
    inactive: "The directory knows them, and has nobody active who stands for them.",
    unmatched:
      "Members by hand or by sign-in whom no directory knows. They stay as they are; where only a directory lets people in, they cannot sign in.",
    elsewhere: "Only another directory knows them.",
    new: "They would become members.",
    losing: "They could sign in no longer, or would lose a role that only a sign-in gave.",
  },
  change: "What changes",
  suspended: "can sign in no longer",
  gains: (role: string) => `gains ${role}`,
  loses: (role: string) => `loses ${role}`,
  held: "Held",
  disputed: "May be somebody else's",
  source: "Member by",
  sources: { directory: "Directory", jit: "Sign-in", manual: "Hand" },
  unnamed: "Without name",
  nobody: "Nobody",
  nobodyText: "No one is in this state.",
};

type Texts = typeof en;

const de: Texts = {
  inReview: "In Prüfung: Nichts davon ist geschehen",
  inReviewText: "Das würde aus wem, wenn Sie das Verzeichnis jetzt aktivierten.",
  waiting: (count) =>
    `${personen(count)}, die es übertragen hat, sind noch nicht angesehen: Das kann sich noch ändern.`,
  counts: {
    gain: "bekommen eine Rolle",
    lose: "verlieren eine Rolle",
    suspend: "könnten sich nicht mehr anmelden",
  },
  activate: "Verzeichnis aktivieren",
  activateTitle: (name) => `${name} aktivieren?`,
  activateEffect: (counts) =>
    `${personen(counts.matched)} hier richten sich dann danach, und ${counts.new} weitere werden Mitglieder. ${personen(counts.suspend)} können sich nicht mehr anmelden, und ${counts.lose} verlieren eine Rolle. Was über den Schutz des Verzeichnisses hinausgeht, wird angehalten, bis Sie es unter Gruppen & Rollen bestätigen.`,
  person: "Person",
  state: "Zustand",
  states: {
    matched: "Zugeordnet",
    inactive: "Dort inaktiv",
    unmatched: "Ihm unbekannt",
    elsewhere: "In einem anderen Verzeichnis",
    new: "Neu",
    losing: "Würden Zugang oder eine Rolle verlieren",
  },
  whole: (state, count) => `${state} (${count})`,
  explain: {
    matched:
      "Das Verzeichnis führt sie als aktiv. Nach Beweis: eine Adresse einer bestätigten Domain oder was die Verbindung sagt.",
    inactive: "Das Verzeichnis kennt sie und führt niemand Aktiven, der für sie steht.",
    unmatched:
      "Mitglieder von Hand oder durch Anmeldung, die kein Verzeichnis kennt. Sie bleiben, wie sie sind; wo nur ein Verzeichnis Personen einlässt, können sie sich nicht anmelden.",
    elsewhere: "Nur ein anderes Verzeichnis kennt sie.",
    new: "Sie würden Mitglieder.",
    losing: "Sie könnten sich nicht mehr anmelden oder verlören eine Rolle, die nur eine Anmeldung gab.",
  },
  change: "Was sich ändert",
  suspended: "kann sich nicht mehr anmelden",
  gains: (role) => `bekommt ${role}`,
  loses: (role) => `verliert ${role}`,
  held: "Angehalten",
  disputed: "Vielleicht jemand anderes",
  source: "Mitglied durch",
  sources: { directory: "Verzeichnis", jit: "Anmeldung", manual: "Hand" },
  unnamed: "Ohne Namen",
  nobody: "Niemand",
  nobodyText: "Niemand ist in diesem Zustand.",
};

export const adoptionTexts: Catalogue<Texts> = { en, de };
