import type { Catalogue } from "../../../texts/language.tsx";

const en = {
  lead: "People sign in by this connection. What you enter here waits beside it until a test has succeeded: nobody notices anything before.",
  leadDisabled:
    "Nobody signs in by this connection now. What you enter here waits beside its settings until a test has succeeded.",
  enter: "Change the settings",
  enterAgain: "Enter other settings",
  draft: "Settings that wait",
  saved: "Saved",
  same: "They are the same as those in use.",
  differences: "What they change",
  field: "Setting",
  now: "In use",
  waiting: "Waiting",
  tested: "A test of these settings succeeded",
  untested: "Not tested yet",
  activate: "Put them to use",
  activateUntested: "Put them to use without a test",
  activateUntestedTitle: "Put settings to use that were not tested?",
  activateUntestedEffect:
    "If they are wrong, nobody can sign in by this connection until you go back. Whoever is signed in stays so.",
  discard: "Discard them",
  replaced: "Other settings were in use before. They were replaced",
  revert: "Go back to the settings before",
  testActive: "Test the settings in use",
  testActiveLead: "A sign-in that tries them out, and signs nobody in.",
  fields: {
    provider: "Product",
    metadataUrl: "Metadata URL",
    idpEntityId: "Entity ID (issuer)",
    ssoUrl: "Sign-in URL",
    logoutUrl: "Logout URL",
    certificates: "Signing certificates",
    issuer: "Issuer",
    clientId: "Client ID",
    scopes: "Scopes",
  },
};

export type ChangeTexts = typeof en;

const de: ChangeTexts = {
  lead: "Über diese Verbindung melden sich Leute an. Was Sie hier eintragen, wartet daneben, bis ein Test gelungen ist: Vorher merkt niemand etwas davon.",
  leadDisabled:
    "Über diese Verbindung meldet sich gerade niemand an. Was Sie hier eintragen, wartet neben ihren Einstellungen, bis ein Test gelungen ist.",
  enter: "Einstellungen ändern",
  enterAgain: "Andere Einstellungen eintragen",
  draft: "Einstellungen, die warten",
  saved: "Gespeichert",
  same: "Sie sind dieselben wie die benutzten.",
  differences: "Was sie ändern",
  field: "Einstellung",
  now: "In Gebrauch",
  waiting: "Wartet",
  tested: "Ein Test dieser Einstellungen ist gelungen",
  untested: "Noch nicht getestet",
  activate: "In Gebrauch nehmen",
  activateUntested: "Ohne Test in Gebrauch nehmen",
  activateUntestedTitle: "Ungetestete Einstellungen in Gebrauch nehmen?",
  activateUntestedEffect:
    "Sind sie falsch, kann sich über diese Verbindung niemand anmelden, bis Sie zurückkehren. Wer angemeldet ist, bleibt es.",
  discard: "Verwerfen",
  replaced: "Vorher waren andere Einstellungen in Gebrauch. Sie wurden ersetzt",
  revert: "Zurück zu den vorigen Einstellungen",
  testActive: "Die benutzten Einstellungen testen",
  testActiveLead: "Eine Anmeldung, die sie ausprobiert und niemanden anmeldet.",
  fields: {
    provider: "Produkt",
    metadataUrl: "Metadaten-URL",
    idpEntityId: "Entity ID (Issuer)",
    ssoUrl: "Anmelde-URL",
    logoutUrl: "Abmelde-URL",
    certificates: "Signaturzertifikate",
    issuer: "Issuer",
    clientId: "Client-ID",
    scopes: "Scopes",
  },
};

export const changeTexts: Catalogue<ChangeTexts> = { en, de };
