import type { Catalogue } from "../../../texts/language.tsx";

const en = {
  title: "API keys",
  lead: "What your own systems call the management API with. Give each no more than it needs.",
  create: "New API key",
  columns: {
    name: "Name",
    reach: "Reaches",
    limit: "May",
    state: "State",
    used: "Last used",
    hint: "Ends in",
  },
  everywhere: "Every organization",
  oneOrganization: "One organization",
  everything: "Everything there",
  permissions: (count: number) => (count === 1 ? "1 permission" : `${count} permissions`),
  active: "Active",
  expired: "Expired",
  revoked: "Revoked",
  never: "Never",
  revoke: "Revoke",
  revokeTitle: (name: string) => `Revoke “${name}”?`,
  revokeEffect: "Whatever calls the API with it is refused from then on. Nothing brings it back.",
  revokeAct: "Revoke key",
  empty: {
    title: "No API key yet",
    text: "Keys let your own systems make organizations, read audit events and whatever else the API offers.",
  },
  form: {
    name: "Name",
    nameHelp: "Where it is used, such as “billing”.",
    organization: "Organization",
    organizationHelp: "A slug. Empty: the key reaches every organization.",
    role: "May do",
    roles: {
      operator: "Everything",
      organizationAdmin: "What an organization admin may",
      organizationViewer: "Read only",
    },
    expires: "Expires",
    expiresHelp: "A day, such as 2027-11-29. Empty: never.",
    create: "Create API key",
    key: "API key",
    done: "I have copied it",
  },
};

type Texts = typeof en;

const de: Texts = {
  title: "API-Schlüssel",
  lead: "Damit rufen Ihre eigenen Systeme die Verwaltungs-API auf. Geben Sie jedem nicht mehr, als er braucht.",
  create: "Neuer API-Schlüssel",
  columns: {
    name: "Name",
    reach: "Reicht für",
    limit: "Darf",
    state: "Zustand",
    used: "Zuletzt benutzt",
    hint: "Endet auf",
  },
  everywhere: "Jede Organisation",
  oneOrganization: "Eine Organisation",
  everything: "Dort alles",
  permissions: (count) => (count === 1 ? "1 Berechtigung" : `${count} Berechtigungen`),
  active: "Aktiv",
  expired: "Abgelaufen",
  revoked: "Widerrufen",
  never: "Nie",
  revoke: "Widerrufen",
  revokeTitle: (name) => `„${name}“ widerrufen?`,
  revokeEffect: "Was die API damit aufruft, wird von da an abgelehnt. Nichts bringt ihn zurück.",
  revokeAct: "Schlüssel widerrufen",
  empty: {
    title: "Noch kein API-Schlüssel",
    text: "Mit Schlüsseln legen Ihre eigenen Systeme Organisationen an, lesen das Protokoll und was die API sonst bietet.",
  },
  form: {
    name: "Name",
    nameHelp: "Wo er benutzt wird, etwa „Abrechnung“.",
    organization: "Organisation",
    organizationHelp: "Ein Kurzname. Leer: Der Schlüssel reicht für jede Organisation.",
    role: "Darf",
    roles: {
      operator: "Alles",
      organizationAdmin: "Was ein Organisations-Admin darf",
      organizationViewer: "Nur lesen",
    },
    expires: "Läuft ab",
    expiresHelp: "Ein Tag, etwa 2027-11-29. Leer: nie.",
    create: "API-Schlüssel anlegen",
    key: "API-Schlüssel",
    done: "Ich habe ihn kopiert",
  },
};

export const apiKeysTexts: Catalogue<Texts> = { en, de };
