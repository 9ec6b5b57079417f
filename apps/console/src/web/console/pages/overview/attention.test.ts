import { expect, it } from "vitest";
import { attention } from "./attention.ts";
import { overviewTexts } from "./texts.ts";

const HEALTHY = {
  connections: { active: 1, disabled: 0 },
  certificates: [],
  lastLoginAt: null,
  directory: { active: 1, disabled: 0, lastRequestAt: null, pending: 3, lagSeconds: 2 },
  openConflicts: 0,
};
const certificate = {
  connectionId: "c1",
  of: "identityProvider",
  fingerprint: "00",
  notAfter: "2026-12-01T00:00:00.000Z",
} as const;

it("finds nothing where everything works, also while pushes are being worked on", () => {
  expect(attention(HEALTHY, [], overviewTexts.en)).toEqual([]);
});

it("names what is broken before what only needs a look", () => {
  const found = attention(
    {
      ...HEALTHY,
      certificates: [
        { ...certificate, connection: "Okta", expiresInDays: 1 },
        { ...certificate, connection: "Entra", expiresInDays: -1 },
      ],
      directory: { ...HEALTHY.directory, lagSeconds: 61 },
      openConflicts: 1,
    },
    ["acme.example"],
    overviewTexts.en,
  );
  expect(found.map(({ kind, text }) => `${kind}: ${text}`)).toEqual([
    "bad: A certificate of Entra has expired",
    "bad: 3 pushes wait for more than a minute",
    "warning: A certificate of Okta ends in 1 day",
    "warning: 1 conflict waits to be settled",
    "warning: acme.example waits for its DNS record",
  ]);
});
