import type { Catalogue } from "../../../texts/language.tsx";

const en = {
  title: "Conflicts",
  lead: "Two users who may be one person. Nobody is merged by a guess: the later one stays apart until you decide.",
  claim: "Both claim",
  user: "The later one",
  other: "The earlier one",
  state: "State",
  open: "Open",
  resolved: "Settled",
  since: "Since",
  unnamed: "Without name",
  noneOpen: "No conflict is open",
  noneResolved: "None was settled",
  whatShows: "An address or id that two users claim shows here, with what you can do about it.",
  shownBy: {
    directory: "A push of a directory showed it.",
    signIn: "A sign-in showed it.",
    administrator: "It showed as an administrator added somebody.",
  },
  person: "Person",
  name: "Name",
  membership: "Membership",
  noMember: "No member (any more)",
  status: { active: "Active", suspended: "Suspended", waiting: "Waiting for a seat" },
  identities: "Ways to sign in",
  directoryUsers: "Users in directories",
  id: "User",
  link: "Link the two",
  linkTitle: "Link the two as one person?",
  linkEffect: (identities: number, directoryUsers: number) =>
    `The later user ends, and so do their sessions. Their ${identities === 1 ? "1 way" : `${identities} ways`} to sign in and ${directoryUsers === 1 ? "1 user" : `${directoryUsers} users`} in directories become the earlier one's, whose roles stay. Nothing parts them again.`,
  keepApart: "Keep apart",
  keepApartTitle: "Keep the two apart?",
  keepApartEffect: "They are two people. This is not told again.",
};

type Texts = typeof en;

const de: Texts = {
  title: "Konflikte",
  lead: "Zwei Benutzer, die eine Person sein könnten. Niemand wird auf Verdacht vereint: Der spätere bleibt getrennt, bis Sie entscheiden.",
  claim: "Beide beanspruchen",
  user: "Der spätere",
  other: "Der frühere",
  state: "Zustand",
  open: "Offen",
  resolved: "Entschieden",
  since: "Seit",
  unnamed: "Ohne Namen",
  noneOpen: "Kein Konflikt ist offen",
  noneResolved: "Keiner wurde entschieden",
  whatShows:
    "Eine Adresse oder Kennung, die zwei Benutzer beanspruchen, steht hier, mit dem, was Sie tun können.",
  shownBy: {
    directory: "Ein Verzeichnis hat es gezeigt.",
    signIn: "Eine Anmeldung hat es gezeigt.",
    administrator: "Es zeigte sich, als jemand von Hand hinzugefügt wurde.",
  },
  person: "Person",
  name: "Name",
  membership: "Mitgliedschaft",
  noMember: "Kein Mitglied (mehr)",
  status: { active: "Aktiv", suspended: "Gesperrt", waiting: "Wartet auf Platz" },
  identities: "Anmeldewege",
  directoryUsers: "Benutzer in Verzeichnissen",
  id: "Benutzer",
  link: "Vereinen",
  linkTitle: "Beide als eine Person vereinen?",
  linkEffect: (identities, directoryUsers) =>
    `Der spätere Benutzer endet, und mit ihm seine Sitzungen. Seine Anmeldewege (${identities}) und Benutzer in Verzeichnissen (${directoryUsers}) gehören dann dem früheren, dessen Rollen bleiben. Nichts trennt sie wieder.`,
  keepApart: "Getrennt lassen",
  keepApartTitle: "Beide getrennt lassen?",
  keepApartEffect: "Es sind zwei Personen. Dies wird nicht noch einmal gemeldet.",
};

export const conflictsTexts: Catalogue<Texts> = { en, de };
