import type { Catalogue } from "../../../texts/language.tsx";

const en = {
  lead: "The gateway looks at the metadata URL about every hour, and follows what it says where that is safe.",
  refresh: "Look now",
  columns: {
    url: "Metadata URL",
    checked: "Last look",
    refreshed: "In force since",
    next: "Next look",
    validUntil: "Valid until",
  },
  never: "Never",
  notTold: "Not told",
  upToDate: "The settings are as the metadata says.",
  problem: "The metadata could not be followed; the settings stay as they are.",
  since: "Since",
  held: {
    title: "A change waits",
    lead: "Whoever holds the new certificate's key can sign in as anybody here. Compare its fingerprint with what the identity provider's administrator sees.",
    added: "Certificate that is added",
    removed: "Certificate that is removed",
    ends: "ends",
    was: "is now",
    becomes: "becomes",
    nothing: "nothing",
    apply: "Apply the change",
    applyTitle: "Apply the metadata's change?",
    applyEffect:
      "Sign-ins are checked by the new values from then on. Those of an identity provider that still uses the old ones are refused.",
  },
};

type Texts = typeof en;

const de: Texts = {
  lead: "Das Gateway sieht etwa jede Stunde nach der Metadaten-URL und folgt ihr, wo das ungefährlich ist.",
  refresh: "Jetzt nachsehen",
  columns: {
    url: "Metadaten-URL",
    checked: "Zuletzt nachgesehen",
    refreshed: "Gilt seit",
    next: "Nächstes Mal",
    validUntil: "Gültig bis",
  },
  never: "Nie",
  notTold: "Nicht angegeben",
  upToDate: "Die Einstellungen sind, wie die Metadaten es sagen.",
  problem: "Den Metadaten war nicht zu folgen; die Einstellungen bleiben, wie sie sind.",
  since: "Seit",
  held: {
    title: "Eine Änderung wartet",
    lead: "Wer den Schlüssel des neuen Zertifikats hat, kann sich hier als jede Person anmelden. Vergleichen Sie den Fingerabdruck mit dem, den der Administrator des Identity Providers sieht.",
    added: "Zertifikat, das dazukommt",
    removed: "Zertifikat, das wegfällt",
    ends: "endet",
    was: "ist jetzt",
    becomes: "wird",
    nothing: "nichts",
    apply: "Änderung anwenden",
    applyTitle: "Änderung der Metadaten anwenden?",
    applyEffect:
      "Anmeldungen werden von da an nach den neuen Werten geprüft. Die eines Identity Providers, der noch die alten benutzt, werden abgelehnt.",
  },
};

export const metadataTexts: Catalogue<Texts> = { en, de };
