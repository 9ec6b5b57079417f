import type { Catalogue } from "../../../texts/language.tsx";

const en = {
  lead: "Who gets a role without a group, which directory is believed first, and how many may be members. You see who gains and who loses what before anything is saved.",
  plan: "What this changes",
  defaultRole: {
    label: "Default role",
    help: "For members of a directory, or by sign-in, whom no group gives a role. Everybody has the role Member besides.",
    none: "None",
  },
  directories: {
    label: "Order of directories",
    alike: "All count alike: whoever is active in any of them may sign in.",
    help: "The first that has somebody says whether they are active, and who they are. Directories that are not in the order come last.",
    up: (name: string) => `Move ${name} up`,
    down: (name: string) => `Move ${name} down`,
    takeOut: (name: string) => `Take ${name} out of the order`,
    first: (name: string) => `Put ${name} first`,
    next: (name: string) => `Put ${name} next`,
    rest: (names: string) => `Then, alike: ${names}`,
    roles: "Roles of somebody whom several directories have",
    rolesAll: "By the groups of all that have them active",
    rolesFirst: "By the groups of the first alone",
  },
  seats: {
    label: "Seats",
    help: "How many may be active members. Nobody who is one loses anything by it.",
    fixed: "How many may be active members. Only an operator changes it.",
    none: "As many as come",
    unlimited: "No limit",
    use: (used: number, limit: number | null, waiting: number) =>
      [
        limit === null
          ? `${used} active ${used === 1 ? "member" : "members"}`
          : `${used} of ${limit} seats used`,
        ...(waiting === 0 ? [] : [`${waiting} waiting for a seat`]),
      ].join(" · "),
    atLimit: "When all seats are used",
    hold: "Whoever comes waits",
    holdHelp:
      "They have no access until a seat is free, which goes to who waits the longest. A first sign-in is refused, and says why.",
    allow: "Let them in, and tell it",
    allowHelp: "An event tells once that the limit was passed.",
  },
};

type Texts = typeof en;

const de: Texts = {
  lead: "Wer ohne Gruppe eine Rolle bekommt, welchem Verzeichnis zuerst geglaubt wird und wie viele Mitglied sein dürfen. Sie sehen, wer was gewinnt und wer was verliert, bevor etwas gespeichert wird.",
  plan: "Was sich dadurch ändert",
  defaultRole: {
    label: "Standardrolle",
    help: "Für Mitglieder eines Verzeichnisses oder durch Anmeldung, denen keine Gruppe eine Rolle gibt. Die Rolle Member haben alle außerdem.",
    none: "Keine",
  },
  directories: {
    label: "Reihenfolge der Verzeichnisse",
    alike: "Alle zählen gleich: Wer in einem von ihnen aktiv ist, darf sich anmelden.",
    help: "Das erste, das jemanden hat, sagt, ob die Person aktiv ist und wer sie ist. Verzeichnisse außerhalb der Reihenfolge kommen zuletzt.",
    up: (name) => `${name} nach oben`,
    down: (name) => `${name} nach unten`,
    takeOut: (name) => `${name} aus der Reihenfolge nehmen`,
    first: (name) => `${name} zuerst`,
    next: (name) => `Danach ${name}`,
    rest: (names) => `Danach, gleichrangig: ${names}`,
    roles: "Rollen einer Person, die mehrere Verzeichnisse haben",
    rolesAll: "Durch die Gruppen aller, in denen sie aktiv ist",
    rolesFirst: "Nur durch die Gruppen des ersten",
  },
  seats: {
    label: "Plätze",
    help: "Wie viele aktive Mitglieder es geben darf. Wer schon eines ist, verliert dadurch nichts.",
    fixed: "Wie viele aktive Mitglieder es geben darf. Nur ein Betreiber ändert das.",
    none: "So viele wie kommen",
    unlimited: "Ohne Grenze",
    use: (used, limit, waiting) =>
      [
        limit === null
          ? `${used} ${used === 1 ? "aktives Mitglied" : "aktive Mitglieder"}`
          : `${used} von ${limit} Plätzen belegt`,
        ...(waiting === 0 ? [] : [`${waiting} ${waiting === 1 ? "wartet" : "warten"} auf einen Platz`]),
      ].join(" · "),
    atLimit: "Wenn alle Plätze belegt sind",
    hold: "Wer kommt, wartet",
    holdHelp:
      "Ohne Zugang, bis ein Platz frei ist; er geht an den, der am längsten wartet. Eine erste Anmeldung wird abgelehnt und sagt, warum.",
    allow: "Hereinlassen und melden",
    allowHelp: "Ein Ereignis meldet einmal, dass die Grenze überschritten ist.",
  },
};

export const policyTexts: Catalogue<Texts> = { en, de };
