import type { Catalogue } from "../../../texts/language.tsx";

const en = {
  title: "Queues",
  lead: "What the workers still have to do. It is read anew every few seconds.",
  lag: (pending: number, seconds: number) =>
    pending === 0
      ? "The reconciler has nothing left to look at."
      : `${pending} directory users and groups wait for the reconciler, the oldest for ${Math.round(seconds)} s.`,
  columns: { name: "Queue", waiting: "Waiting", active: "Active", delayed: "Later", failed: "Failed" },
  retry: "Try again",
  retried: (jobs: number) => (jobs === 1 ? "1 job is tried again" : `${jobs} jobs are tried again`),
  failures: {
    title: "Failed jobs",
    lead: "The last of each queue. What they were to do is found again by a sweep within half a minute.",
    none: "No job has failed in the last day.",
    columns: { job: "Job", reason: "Reason", attempts: "Attempts", at: "When" },
  },
};

type Texts = typeof en;

const de: Texts = {
  title: "Warteschlangen",
  lead: "Was die Worker noch zu tun haben. Alle paar Sekunden neu gelesen.",
  lag: (pending, seconds) =>
    pending === 0
      ? "Der Abgleich hat nichts mehr vor sich."
      : `${pending} Benutzer und Gruppen von Verzeichnissen warten auf den Abgleich, am längsten seit ${Math.round(seconds)} s.`,
  columns: {
    name: "Warteschlange",
    waiting: "Wartend",
    active: "Aktiv",
    delayed: "Später",
    failed: "Fehlgeschlagen",
  },
  retry: "Noch einmal versuchen",
  retried: (jobs) =>
    jobs === 1 ? "1 Aufgabe wird noch einmal versucht" : `${jobs} Aufgaben werden noch einmal versucht`,
  failures: {
    title: "Fehlgeschlagene Aufgaben",
    lead: "Die letzten jeder Warteschlange. Was sie tun sollten, findet ein Durchgang binnen einer halben Minute wieder.",
    none: "Am letzten Tag ist keine Aufgabe fehlgeschlagen.",
    columns: { job: "Aufgabe", reason: "Grund", attempts: "Versuche", at: "Wann" },
  },
};

export const queuesTexts: Catalogue<Texts> = { en, de };
