import { expect, it } from "vitest";
import { attention } from "./attention.ts";
import { overviewTexts } from "./texts.ts";

const HEALTHY = {
  connections: { active: 1, disabled: 0, failing: [] },
  certificates: [],
  lastLoginAt: null,
  directory: { active: 1, disabled: 0, lastRequestAt: null, pending: 3, lagSeconds: 2, inReview: [] },
  openConflicts: 0,
  limitedGroups: 0,
  heldChanges: 0,
};
const certificate = {
  connectionId: "c1",
  of: "identityProvider",
  fingerprint: "00",
  notAfter: "2026-12-01T00:00:00.000Z",
} as const;

it("finds nothing where everything works, also while pushes are being worked on", () => {
  expect(attention("acme", HEALTHY, [], overviewTexts.en)).toEqual([]);
});

it("names what is broken before what only needs a look", () => {
  const found = attention(
    "acme",
    {
      ...HEALTHY,
      connections: {
        ...HEALTHY.connections,
        failing: [{ connectionId: "c2", connection: "Ping", failures: 3 }],
      },
      certificates: [
        { ...certificate, connection: "Okta", expiresInDays: 1 },
        { ...certificate, connection: "Entra", expiresInDays: -1 },
      ],
      directory: {
        ...HEALTHY.directory,
        lagSeconds: 61,
        inReview: [{ directoryId: "d1", directory: "Workday" }],
      },
      openConflicts: 1,
      limitedGroups: 2,
      heldChanges: 1,
    },
    ["acme.example"],
    overviewTexts.en,
  );
  expect(found.map(({ kind, text }) => `${kind}: ${text}`)).toEqual([
    "bad: All 3 sign-ins by Ping failed in the last 24 hours",
    "bad: A certificate of Entra has expired",
    "bad: 3 pushes wait for more than a minute",
    "warning: A certificate of Okta ends in 1 day",
    "warning: 1 change of a directory waits to be confirmed",
    "warning: Workday is in review: nobody's access goes by it until you activate it",
    "warning: 1 conflict waits to be settled",
    "warning: 2 groups are in more groups than count: some roles may be missing",
    "warning: acme.example waits for its DNS record",
  ]);
  expect(found.map(({ link }) => link.to)).toEqual([
    "/organizations/$org/connections/$connectionId/logins",
    "/organizations/$org/connections/$connectionId",
    "/organizations/$org/directories",
    "/organizations/$org/connections/$connectionId",
    "/organizations/$org/roles/held-changes",
    "/organizations/$org/directories/$directoryId/adoption",
    "/organizations/$org/directories/conflicts",
    "/organizations/$org/audit",
    "/organizations/$org/settings/domains",
  ]);
});
