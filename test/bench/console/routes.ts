import type { Page } from "playwright-core";
import type { Seeded } from "./seed.ts";

/** A page of the console, and what is on it once it can be used. */
export interface MeasuredRoute {
  readonly name: string;
  path(seeded: Seeded): string;
  ready(page: Page): Promise<void>;
}

const row = (page: Page) =>
  page.getByRole("row").nth(1).getByRole("link").or(page.locator("tbody tr td").first()).first().waitFor();
const text = (said: string | RegExp) => (page: Page) => page.getByText(said).first().waitFor();

export const ROUTES: readonly MeasuredRoute[] = [
  { name: "organizations", path: () => "/organizations", ready: row },
  { name: "organizations, searched", path: () => "/organizations?search=customer%20199", ready: row },
  {
    name: "overview",
    path: ({ slug }) => `/organizations/${slug}`,
    ready: text("Directory pushes in the last"),
  },
  { name: "connections", path: ({ slug }) => `/organizations/${slug}/connections`, ready: row },
  {
    name: "connection",
    path: ({ slug, connectionId }) => `/organizations/${slug}/connections/${connectionId}`,
    ready: text("Our values"),
  },
  {
    name: "sign-ins",
    path: ({ slug, connectionId }) => `/organizations/${slug}/connections/${connectionId}/logins`,
    ready: row,
  },
  {
    name: "sign-ins, failed",
    path: ({ slug, connectionId }) =>
      `/organizations/${slug}/connections/${connectionId}/logins?outcome=failure`,
    ready: row,
  },
  { name: "directories", path: ({ slug }) => `/organizations/${slug}/directories`, ready: row },
  {
    name: "directory's users",
    path: ({ slug, directoryId }) => `/organizations/${slug}/directories/${directoryId}/users`,
    ready: row,
  },
  {
    name: "directory's users, searched",
    path: ({ slug, directoryId }) =>
      `/organizations/${slug}/directories/${directoryId}/users?search=person-77`,
    ready: row,
  },
  {
    name: "directory's users, inactive",
    path: ({ slug, directoryId }) => `/organizations/${slug}/directories/${directoryId}/users?active=false`,
    ready: row,
  },
  {
    name: "directory's groups",
    path: ({ slug, directoryId }) => `/organizations/${slug}/directories/${directoryId}/groups`,
    ready: row,
  },
  {
    name: "directory's requests",
    path: ({ slug, directoryId }) => `/organizations/${slug}/directories/${directoryId}/requests`,
    ready: row,
  },
  {
    name: "directory's requests, refused",
    path: ({ slug, directoryId }) => `/organizations/${slug}/directories/${directoryId}/requests?status=4xx`,
    ready: row,
  },
  { name: "members", path: ({ slug }) => `/organizations/${slug}/members`, ready: row },
  {
    name: "members, suspended",
    path: ({ slug }) => `/organizations/${slug}/members?status=suspended`,
    ready: row,
  },
  { name: "roles", path: ({ slug }) => `/organizations/${slug}/roles`, ready: row },
  { name: "sessions", path: ({ slug }) => `/organizations/${slug}/sessions`, ready: row },
  { name: "audit", path: ({ slug }) => `/organizations/${slug}/audit`, ready: row },
  {
    name: "audit, of one type",
    path: ({ slug }) => `/organizations/${slug}/audit?type=membership.suspended`,
    ready: row,
  },
  {
    name: "settings",
    path: ({ slug }) => `/organizations/${slug}/settings`,
    ready: text("Delete organization"),
  },
];
