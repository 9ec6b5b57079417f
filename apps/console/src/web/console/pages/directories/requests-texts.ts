import type { Catalogue } from "../../../texts/language.tsx";

const en = {
  label: "SCIM requests",
  request: "Request",
  method: "Method",
  status: "Answer",
  path: "Path contains",
  requestId: "Request id",
  notes: "Left out",
  noted: (count: number) => (count === 1 ? "1 thing" : `${count} things`),
  leftOut: "Left out of what was asked for, and why",
  at: "When",
  applied: "Members and roles",
  isApplied: "Brought to what it says, but for what a guard holds",
  isWaiting: "Not looked at yet",
  changedNothing: "It changed nothing",
  dryRun: "Dry run",
  onlyTried: "A dry run: answered as it would have been, and nothing changed",
  took: "Took",
  sent: "Sent",
  answered: "Answered",
  empty: {
    title: "No request yet",
    text: "Every SCIM request of the last 30 days shows here, with its answer, and what was left out of it and why.",
  },
};

type Texts = typeof en;

const de: Texts = {
  label: "SCIM-Anfragen",
  request: "Anfrage",
  method: "Methode",
  status: "Antwort",
  path: "Pfad enthält",
  requestId: "Anfrage-Nummer",
  notes: "Ausgelassen",
  noted: (count) => (count === 1 ? "1 Sache" : `${count} Sachen`),
  leftOut: "Was davon ausgelassen wurde, und warum",
  at: "Wann",
  applied: "Mitglieder und Rollen",
  isApplied: "Auf diesen Stand gebracht, außer dem, was ein Schutz anhält",
  isWaiting: "Noch nicht angesehen",
  changedNothing: "Sie hat nichts geändert",
  dryRun: "Probelauf",
  onlyTried: "Ein Probelauf: beantwortet, wie es beantwortet worden wäre, und nichts geändert",
  took: "Dauer",
  sent: "Gesendet",
  answered: "Geantwortet",
  empty: {
    title: "Noch keine Anfrage",
    text: "Hier steht jede SCIM-Anfrage der letzten 30 Tage, mit ihrer Antwort und dem, was davon ausgelassen wurde und warum.",
  },
};

export const requestsTexts: Catalogue<Texts> = { en, de };
