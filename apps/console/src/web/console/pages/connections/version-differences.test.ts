import { expect, it } from "vitest";
import { changeTexts } from "./change-texts.ts";
import type { Connection } from "./connection.ts";
import { differencesOf } from "./version-differences.ts";

const certificate = {
  fingerprint: "0123456789abcdef",
  subject: "CN=old",
  notBefore: "2026-01-01T00:00:00.000Z",
  notAfter: "2036-01-01T00:00:00.000Z",
  expired: false,
  expiring: false,
  expiresInDays: 3000,
  lastValidatedAt: null,
};

const CONNECTION: Connection = {
  id: "c1",
  type: "saml",
  provider: "okta",
  name: "Okta",
  status: "active",
  saml: {
    acsUrl: "https://gateway.example/acs",
    spEntityId: "https://gateway.example/sp",
    spSloUrl: "https://gateway.example/slo",
    spMetadataUrl: "https://gateway.example/metadata",
    idpEntityId: "https://idp.example",
    ssoUrl: "https://idp.example/sso",
    ssoBinding: "redirect",
    certificates: [certificate],
    signRequests: false,
    allowSha1: false,
    forceAuthn: false,
    holdMetadataChanges: false,
    idpInitiated: null,
  },
  createdAt: "2026-01-01T00:00:00.000Z",
  updatedAt: "2026-01-01T00:00:00.000Z",
};

const fields = changeTexts.en.fields;

it("tells nothing of settings that are the same", () => {
  expect(differencesOf(CONNECTION, structuredClone(CONNECTION), fields)).toEqual([]);
});

it("tells a certificate and a sign-in URL that differ, and nothing else", () => {
  const then = structuredClone(CONNECTION);
  Object.assign(then.saml ?? {}, {
    ssoUrl: "https://idp.example/other",
    certificates: [{ ...certificate, subject: "CN=new" }],
  });
  expect(differencesOf(CONNECTION, then, fields)).toEqual([
    { label: "Sign-in URL", now: "https://idp.example/sso", waiting: "https://idp.example/other" },
    {
      label: "Signing certificates",
      now: "CN=old (0123456789ab…)",
      waiting: "CN=new (0123456789ab…)",
    },
  ]);
});
