import type { Catalogue } from "../texts/language.tsx";

const en = {
  loading: "Loading…",
  retry: "Try again",
  requestId: "Request id",
  copy: "Copy",
  copied: "Copied",
  cancel: "Cancel",
  close: "Close",
  acts: "Actions",
  none: "None",
  next: "Next",
  previous: "Previous",
  firstPage: "First page",
  filter: "Filter",
  apply: "Apply",
  clearFilters: "Clear filters",
  removeFilter: (name: string) => `Remove the filter ${name}`,
  nothingMatches: "Nothing matches these filters",
  nothingMatchesAdvice: "Take one of them away to see more.",
  shownOnce: "Shown this once. Copy it now: nobody can read it again, only replace it.",
  typeToConfirm: (name: string) => `Type ${name} to confirm`,
  save: "Save changes",
  discard: "Discard",
  saved: "Saved",
  unsaved: "Unsaved changes",
  expected: "Expected",
  found: "Found",
  nothingCame: "nothing",
  domainCheck: {
    last: "Last checked",
    next: "Checked again by itself",
    stopped: "No longer checked by itself: a week has passed. Check it once the record is there.",
    outcome: {
      missing: "the record is not there yet.",
      unavailable: "the domain's DNS did not answer.",
      taken:
        "the record is there, but the domain counts for another organization. Ask whoever runs this gateway.",
    },
  },
  leave: {
    title: "Leave without saving?",
    text: "What you changed on this page is lost.",
    stay: "Stay here",
    go: "Leave",
  },
};

export type ComponentTexts = typeof en;

const de: ComponentTexts = {
  loading: "Wird geladen…",
  retry: "Noch einmal versuchen",
  requestId: "Anfrage-Nummer",
  copy: "Kopieren",
  copied: "Kopiert",
  cancel: "Abbrechen",
  close: "Schließen",
  acts: "Aktionen",
  none: "Keine",
  next: "Weiter",
  previous: "Zurück",
  firstPage: "Erste Seite",
  filter: "Filter",
  apply: "Anwenden",
  clearFilters: "Filter entfernen",
  removeFilter: (name) => `Filter ${name} entfernen`,
  nothingMatches: "Nichts passt zu diesen Filtern",
  nothingMatchesAdvice: "Entfernen Sie einen, um mehr zu sehen.",
  shownOnce:
    "Wird nur dieses eine Mal angezeigt. Kopieren Sie es jetzt: Lesen kann es niemand mehr, nur ersetzen.",
  typeToConfirm: (name) => `Zum Bestätigen ${name} eingeben`,
  save: "Änderungen speichern",
  discard: "Verwerfen",
  saved: "Gespeichert",
  unsaved: "Nicht gespeicherte Änderungen",
  expected: "Erwartet",
  found: "Gekommen",
  nothingCame: "nichts",
  domainCheck: {
    last: "Zuletzt geprüft",
    next: "Wird von selbst wieder geprüft",
    stopped: "Wird nicht mehr von selbst geprüft: Eine Woche ist um. Prüfen Sie, sobald der Eintrag da ist.",
    outcome: {
      missing: "Der Eintrag ist noch nicht da.",
      unavailable: "Das DNS der Domain hat nicht geantwortet.",
      taken:
        "Der Eintrag ist da, aber die Domain zählt für eine andere Organisation. Fragen Sie, wer dieses Gateway betreibt.",
    },
  },
  leave: {
    title: "Seite verlassen, ohne zu speichern?",
    text: "Was Sie auf dieser Seite geändert haben, geht verloren.",
    stay: "Hier bleiben",
    go: "Verlassen",
  },
};

/** The texts of the components that the setup portal and the console share. */
export const componentTexts: Catalogue<ComponentTexts> = { en, de };
