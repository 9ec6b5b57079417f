import type { Page } from "playwright-core";
import type { World } from "./seed.ts";

/** One picture: an address of the gateway, and what is done there before it is taken. */
export interface Shot {
  /** The area first: `members-empty`. */
  readonly name: string;
  path(world: World): string;
  prepare?(page: Page, world: World): Promise<void>;
  /** Without a session of the console. */
  readonly signedOut?: boolean;
  /** The picture of the README that `--readme` makes of it: `docs/<name>.png`. */
  readonly readme?: string;
}

const console = (path: string) => () => `/console${path}`;

const openFirstRow = (page: Page) => page.getByRole("row").nth(1).getByRole("link").click();

async function openSignIns(page: Page): Promise<void> {
  await openFirstRow(page);
  await page.getByRole("link", { name: "Sign-ins" }).click();
  await page.getByRole("columnheader", { name: "Outcome" }).waitFor();
}

const openWebhook = (name: string) => async (page: Page) => {
  await page.getByRole("link", { name: new RegExp(`/${name}`) }).click();
  await page.getByRole("navigation").getByRole("link", { name: "Deliveries" }).waitFor();
  await page.getByRole("columnheader", { name: "Event" }).waitFor();
};

const openSignals = (application: string) => async (page: Page) => {
  await page.getByRole("link", { name: application }).click();
  await page.getByRole("heading", { name: "How it makes a stream" }).waitFor();
  await page.getByRole("heading", { name: "Signals" }).scrollIntoViewIfNeeded();
  await page.getByRole("heading", { name: "How it makes a stream" }).scrollIntoViewIfNeeded();
};

const openStream = (name: string) => async (page: Page) => {
  await openSignals("Helpdesk")(page);
  await page.getByRole("link", { name: new RegExp(name) }).click();
  await page.getByRole("heading", { name: "Last events" }).waitFor();
};

async function openUsers(page: Page): Promise<void> {
  await openFirstRow(page);
  await page.getByRole("navigation").getByRole("link", { name: "Users" }).click();
  await page.getByRole("columnheader", { name: "In the directory" }).waitFor();
}

/** Every main page, and those of its states that look different. */
export const SHOTS: readonly Shot[] = [
  // The shell
  { name: "shell-sign-in", path: console(""), signedOut: true },
  { name: "shell-not-found", path: console("/nowhere") },
  {
    name: "shell-user-menu",
    path: console("/organizations"),
    prepare: async (page) => {
      const menu = page.getByRole("button", { name: "Menu" });
      if (await menu.isVisible()) {
        await menu.click();
      }
      await page.getByRole("button", { name: "Your account" }).click();
    },
  },
  // Organizations
  { name: "organizations", path: console("/organizations") },
  { name: "organizations-none", path: console("/organizations?search=nobody") },
  { name: "organizations-new", path: console("/organizations?panel=new") },
  // Overview
  { name: "overview", path: console("/organizations/acme"), readme: "console" },
  { name: "overview-empty", path: console("/organizations/empty") },
  // Settings
  { name: "settings-general", path: console("/organizations/acme/settings") },
  {
    name: "settings-delete",
    path: console("/organizations/acme/settings"),
    prepare: (page) => page.getByRole("button", { name: "Delete organization" }).click(),
  },
  { name: "settings-domains", path: console("/organizations/acme/settings/domains") },
  { name: "settings-domains-empty", path: console("/organizations/empty/settings/domains") },
  {
    name: "settings-domain",
    path: console("/organizations/acme/settings/domains"),
    prepare: (page) => page.getByRole("link", { name: "acme-logistics.example" }).click(),
  },
  {
    name: "settings-sign-in-policy",
    path: console("/organizations/acme/settings/sign-in"),
    prepare: async (page) => {
      await page.getByRole("radio", { name: "Only whom a directory knows" }).check();
      await page.getByText("once this is saved").waitFor();
    },
  },
  { name: "settings-retention", path: console("/organizations/acme/settings/retention") },
  { name: "settings-setup-links", path: console("/organizations/acme/settings/setup-links") },
  { name: "settings-setup-link-new", path: console("/organizations/acme/settings/setup-links?panel=new") },
  // Setup portal
  { name: "setup-provider", path: ({ setupUrl }) => new URL(setupUrl).pathname },
  {
    name: "setup-guide",
    path: ({ setupUrl }) => new URL(setupUrl).pathname,
    readme: "portal",
    prepare: async (page) => {
      await page.getByRole("radio", { name: "Okta", exact: true }).click();
      await page.getByRole("button", { name: "Next", exact: true, disabled: false }).click();
      await page.getByRole("button", { name: "I have done this" }).waitFor();
    },
  },
  // Operations
  { name: "sessions", path: console("/organizations/acme/sessions") },
  { name: "sessions-empty", path: console("/organizations/empty/sessions") },
  { name: "audit", path: console("/organizations/acme/audit") },
  { name: "audit-gateway", path: console("/audit") },
  { name: "audit-trail", path: console("/organizations/acme/audit?trail=open") },
  { name: "api-keys", path: console("/api-keys") },
  { name: "api-keys-new", path: console("/api-keys?panel=new") },
  { name: "keys", path: console("/keys") },
  // Webhooks
  { name: "webhooks", path: console("/organizations/acme/webhooks") },
  { name: "webhooks-empty", path: console("/organizations/empty/webhooks") },
  { name: "webhooks-new", path: console("/organizations/acme/webhooks?panel=new") },
  { name: "webhooks-gateway", path: console("/webhooks") },
  { name: "webhook", path: console("/organizations/acme/webhooks"), prepare: openWebhook("crm") },
  {
    name: "webhook-delivery",
    path: console("/organizations/acme/webhooks"),
    prepare: async (page) => {
      await openWebhook("crm")(page);
      await page
        .getByRole("row", { name: /Trying again/ })
        .getByRole("link")
        .first()
        .click();
      await page.getByRole("dialog").getByRole("region", { name: "Attempt 1" }).waitFor();
    },
  },
  {
    name: "webhook-replay",
    path: console("/organizations/acme/webhooks"),
    prepare: async (page) => {
      await openWebhook("crm")(page);
      await page.getByRole("button", { name: "Replay…" }).click();
    },
  },
  {
    name: "webhook-settings",
    path: console("/organizations/acme/webhooks"),
    prepare: async (page) => {
      await openWebhook("crm")(page);
      await page.getByRole("link", { name: "Settings", exact: true }).last().click();
      await page.getByRole("button", { name: "Rotate secret" }).waitFor();
    },
  },
  { name: "webhook-gone", path: console("/organizations/acme/webhooks"), prepare: openWebhook("old") },
  { name: "audit-streams", path: console("/organizations/acme/audit-streams") },
  { name: "audit-streams-empty", path: console("/organizations/empty/audit-streams") },
  { name: "audit-streams-new", path: console("/organizations/acme/audit-streams?panel=new") },
  {
    name: "audit-stream-failing",
    path: console("/organizations/acme/audit-streams"),
    prepare: (page) => page.getByRole("link", { name: "Splunk Cloud" }).click(),
  },
  // Connections
  { name: "connections", path: console("/organizations/acme/connections") },
  { name: "connections-empty", path: console("/organizations/empty/connections") },
  {
    name: "connection",
    path: console("/organizations/acme/connections"),
    prepare: openFirstRow,
  },
  {
    name: "connection-universal-logout",
    path: console("/organizations/northwind/connections"),
    prepare: async (page) => {
      await openFirstRow(page);
      const section = page.getByRole("region", { name: "Universal logout" });
      await section.getByRole("button", { name: "Turn off" }).scrollIntoViewIfNeeded();
    },
  },
  {
    name: "connection-keys",
    path: console("/organizations/acme/connections"),
    prepare: async (page) => {
      await openFirstRow(page);
      await page.getByRole("navigation").getByRole("link", { name: "Keys" }).last().click();
      await page
        .getByRole("columnheader", { name: "Metadata read" })
        .or(page.getByText("No key yet"))
        .waitFor();
    },
  },
  {
    name: "connection-logins",
    path: console("/organizations/acme/connections"),
    prepare: openSignIns,
  },
  {
    name: "connection-login",
    path: console("/organizations/acme/connections"),
    prepare: async (page) => {
      await openSignIns(page);
      await openFirstRow(page);
      await page.getByRole("heading", { name: "What was checked" }).waitFor();
    },
  },
  {
    name: "connection-login-failed",
    path: console("/organizations/acme/connections"),
    readme: "debugger",
    prepare: async (page) => {
      await openSignIns(page);
      await page
        .getByRole("row", { name: /Refused|Failed/ })
        .first()
        .getByRole("link")
        .click();
      await page.getByRole("heading", { name: "What was checked" }).waitFor();
    },
  },
  {
    name: "connection-change",
    path: console("/organizations/acme/connections"),
    prepare: async (page) => {
      await openFirstRow(page);
      await page.getByRole("link", { name: "Change the settings" }).click();
      await page.getByRole("heading", { name: "Change the settings" }).waitFor();
    },
  },
  {
    name: "connection-draft",
    path: console("/organizations/northwind/connections"),
    prepare: async (page) => {
      await openFirstRow(page);
      await page.getByRole("link", { name: "Change the settings" }).click();
      await page.getByRole("heading", { name: "Settings that wait" }).waitFor();
    },
  },
  // Members
  { name: "members", path: console("/organizations/acme/members") },
  { name: "members-empty", path: console("/organizations/empty/members") },
  { name: "members-new", path: console("/organizations/acme/members?panel=new") },
  {
    name: "member-erase",
    path: console("/organizations/acme/members"),
    prepare: async (page) => {
      await page.locator("tbody a").first().click();
      await page.getByRole("button", { name: "Erase this person" }).click();
    },
  },
  {
    name: "settings-retention-plan",
    path: console("/organizations/acme/settings/retention"),
    prepare: async (page) => {
      await page.getByRole("textbox", { name: "People who were deleted" }).fill("10");
      await page.getByRole("status").waitFor();
    },
  },
  {
    name: "member",
    path: console("/organizations/acme/members"),
    prepare: openFirstRow,
  },
  // Applications and queues
  { name: "applications", path: console("/applications") },
  { name: "applications-new", path: console("/applications?panel=new") },
  {
    name: "application",
    path: console("/applications"),
    prepare: (page) => page.getByRole("row").nth(1).getByRole("link").click(),
  },
  { name: "queues", path: console("/queues") },
  // Signals
  { name: "signals", path: console("/signals") },
  { name: "signals-application", path: console("/applications"), prepare: openSignals("Helpdesk") },
  { name: "signals-application-empty", path: console("/applications"), prepare: openSignals("Intranet") },
  {
    name: "signals-stream",
    path: console("/applications"),
    prepare: openStream("Signs agents out of the ticket queue"),
  },
  { name: "signals-stream-failing", path: console("/applications"), prepare: openStream("Reporting") },
  { name: "signals-stream-stopped", path: console("/applications"), prepare: openStream("Old warehouse") },
  {
    name: "signals-stream-pause",
    path: console("/applications"),
    prepare: async (page) => {
      await openStream("Signs agents out of the ticket queue")(page);
      await page.getByRole("button", { name: "Pause" }).click();
      await page.getByRole("textbox", { name: "Reason" }).waitFor();
    },
  },
  // Groups & roles
  { name: "roles", path: console("/organizations/acme/roles") },
  { name: "roles-new", path: console("/organizations/acme/roles?panel=new") },
  {
    name: "role",
    path: console("/organizations/acme/roles"),
    prepare: (page) => page.getByRole("link", { name: "Billing administrator" }).click(),
  },
  {
    name: "roles-mappings",
    path: console("/organizations/acme/roles/mappings"),
    prepare: async (page) => {
      await page.getByRole("button", { name: "Remove: Engineering" }).click();
      await page.getByText("lose a role").waitFor();
    },
  },
  {
    name: "roles-mappings-pattern",
    path: console("/organizations/acme/roles/mappings"),
    prepare: async (page) => {
      await page.getByRole("combobox", { name: "Match" }).click();
      await page.getByRole("option", { name: "Pattern" }).click();
      await page.getByRole("combobox", { name: "Pattern" }).fill("*e*");
      await page.getByText("Names").waitFor();
    },
  },
  {
    name: "roles-policy",
    path: console("/organizations/northwind/roles/policy"),
    prepare: async (page) => {
      await page.getByText("seats used").waitFor();
      await page.getByRole("combobox", { name: "Default role" }).click();
      await page.getByRole("option", { name: "Admin" }).click();
      await page.getByText("Nobody's access changes").waitFor();
    },
  },
  { name: "roles-mappings-empty", path: console("/organizations/empty/roles/mappings") },
  {
    name: "roles-held-change",
    path: console("/organizations/acme/roles/held-changes"),
    prepare: (page) => page.getByRole("row").nth(1).getByRole("link").click(),
  },
  { name: "roles-held-changes-empty", path: console("/organizations/empty/roles/held-changes") },
  // Directories
  { name: "directories", path: console("/organizations/acme/directories") },
  { name: "directories-empty", path: console("/organizations/empty/directories") },
  { name: "directories-new", path: console("/organizations/acme/directories?panel=new") },
  { name: "directories-guard", path: console("/organizations/acme/directories/guard") },
  {
    name: "directory-users",
    path: console("/organizations/acme/directories"),
    prepare: openUsers,
  },
  {
    name: "directory-user",
    path: console("/organizations/acme/directories"),
    prepare: async (page) => {
      await openUsers(page);
      await openFirstRow(page);
      await page.getByText("Known by").waitFor();
    },
  },
  { name: "directories-conflicts-empty", path: console("/organizations/acme/directories/conflicts") },
  {
    name: "directory",
    path: console("/organizations/acme/directories"),
    prepare: (page) => page.getByRole("row").nth(1).getByRole("link").click(),
  },
  {
    name: "directory-adoption",
    path: console("/organizations/northwind/directories"),
    prepare: async (page) => {
      await page.getByRole("row").nth(1).getByRole("link").click();
      await page.getByRole("link", { name: "Adoption" }).click();
      await page.getByRole("row").nth(1).waitFor();
    },
  },
  {
    name: "directory-requests",
    path: console("/organizations/acme/directories"),
    prepare: async (page) => {
      await page.getByRole("row").nth(1).getByRole("link").click();
      await page.getByRole("link", { name: "Requests" }).click();
      await page.getByRole("row").nth(1).getByRole("link").click();
    },
  },
];
