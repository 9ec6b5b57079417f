import { GATEWAY_CLAIM_NAMES } from "@sallyport/claims";
import { type Html, html } from "@sallyport/html";
import type { Company } from "../companies.ts";
import type { AppSession } from "./sessions.ts";

interface AppPage {
  readonly title: string;
  readonly body: Html;
}

const IDP_MESSAGES: Readonly<Record<AppSession["identity"]["connection_type"], string>> = {
  saml: "The assertion, as its signature covers it.",
  oidc: "The claims of its ID token, and of userinfo.",
  ldap: "The directory entry.",
};
const PROTOCOLS = { saml: "SAML", oidc: "OIDC" } as const;

export const PAGE_STYLE = `
.columns { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fit, minmax(min(24rem, 100%), 1fr)); align-items: start; }
.columns .card { min-width: 0; padding: 1.25rem; }
.columns pre { padding: .8rem 1rem; font-size: .78rem; }
.columns h3 { font-size: .85rem; margin: 1rem 0 .4rem; }
.line { display: block; padding-left: calc((var(--indent) + 2) * 1ch); text-indent: -2ch; }
header.who { display: flex; flex-wrap: wrap; gap: 1rem; align-items: start; justify-content: space-between; margin-bottom: 1.25rem; }
header.who h1, header.who p, header.who form, header.who button { margin: 0; }
header.who button { width: auto; }
dl.chips { display: flex; flex-wrap: wrap; gap: .4rem; align-items: center; margin: .75rem 0 0; font-size: .85rem; }
dl.chips dt { color: var(--soft); }
dl.chips dd { border: 1px solid var(--line); border-radius: 99px; padding: .1rem .7rem; margin: 0; background: var(--paper); }
dl.chips dd.role { border-color: var(--accent); color: var(--accent); font-weight: 600; }
dl.chips dd + dt { margin-left: .75rem; }
`;

export const PAGE_SCRIPT = `
if (document.querySelector("[data-live]")) {
  new EventSource("/events").addEventListener("ended", () => location.reload());
}`;

export function welcomePage(
  companies: readonly Company[],
  urls: { readonly portalUrl: string; readonly setupUrl: string; readonly consoleUrl: string },
): AppPage {
  return {
    title: "Sallyport demo",
    body: html`<main><div class="card">
<h1>An internal app</h1>
<p class="soft">It asks the gateway who you are. Two companies sign in here, each in its own way.</p>
${companyButtons(companies)}
<hr>
<a class="button quiet" href="/login">Continue with work email</a>
<a class="button quiet" href="${urls.portalUrl}">Start at Acme's own portal</a>
<hr>
<p class="soft">And the two pages of the gateway itself.</p>
<a class="button quiet" href="${urls.setupUrl}">Set up sign-in, as Acme's IdP admin</a>
<a class="button quiet" href="${urls.consoleUrl}">Open the console, with the root key</a>
</div></main>`,
  };
}

export function signedOutPage(session: AppSession, companies: readonly Company[]): AppPage {
  return {
    title: "Signed out",
    body: html`<main><div class="card">
<h1 class="bad">You were signed out</h1>
<p>At ${session.endedAt?.toISOString().slice(11, 19)} UTC the gateway told this app that the session of
<strong>${session.identity.email ?? session.identity.sub}</strong> ended: it was revoked, or ${session.identity.org_slug}'s
directory deactivated the account.</p>
${companyButtons(companies)}
</div></main>`,
  };
}

export function sessionPage(session: AppSession): AppPage {
  const { identity } = session;
  return {
    title: `${identity.name ?? identity.email ?? identity.sub} · Sallyport demo`,
    body: html`<main class="wide" data-live>
<header class="who"><div>
<h1>${identity.name ?? identity.email}</h1>
<p class="soft">${identity.email} · ${identity.org_slug} · signed in through ${identity.connection_type.toUpperCase()}</p>
<dl class="chips"><dt>Roles</dt>${identity.roles.map((role) => html`<dd class="role">${role}</dd>`)}
${identity.groups.length > 0 && html`<dt>Groups</dt>${identity.groups.map((group) => html`<dd>${group}</dd>`)}`}</dl>
</div><form method="post" action="/logout"><button class="quiet">Sign out</button></form></header>
<div class="columns">
<section class="card"><h2>Normalized identity</h2>
<p class="soft small">The same document, whichever protocol it came by.</p>
${listing("identity", json(normalized(identity)))}</section>
<section class="card"><h2>Claims of the tokens</h2>
<h3>ID token</h3>${listing("id-token", json(session.idTokenClaims))}
<h3>Access token</h3>${listing("access-token", json(session.accessTokenClaims))}</section>
<section class="card"><h2>What the IdP sent</h2>
<p class="soft small">${IDP_MESSAGES[identity.connection_type]}</p>
${listing("idp-message", session.idpMessage)}</section>
</div></main>`,
  };
}

function companyButtons(companies: readonly Company[]): Html[] {
  return companies.map(
    (company) =>
      html`<a class="button" href="/login?organization=${company.slug}">${company.name} (${PROTOCOLS[company.protocol]})</a>`,
  );
}

/** Text by its lines; a line too long for its column goes on below itself, indented. */
function listing(id: string, text: string): Html {
  const lines = text
    .split("\n")
    .map(
      (line) => html`<span class="line" style="--indent: ${line.search(/\S|$/)}">${line.trimStart()}</span>`,
    );
  return html`<pre id="${id}">${lines}</pre>`;
}

/** Indented JSON, with lists of plain values on one line. */
function json(value: unknown): string {
  return JSON.stringify(value, null, 2).replace(
    /\[\n\s+([^[\]{}]*)\n\s+\]/g,
    (_, items: string) => `[${items.replace(/\n\s+/g, " ")}]`,
  );
}

/** Who it is first, then what the gateway adds: the same order for everybody, so that two sign-ins compare by eye. */
function normalized(identity: AppSession["identity"]): Record<string, unknown> {
  const ours = new Set(GATEWAY_CLAIM_NAMES);
  const entries = Object.entries(identity).sort(([a], [b]) => a.localeCompare(b));
  return Object.fromEntries([
    ...entries.filter(([name]) => !ours.has(name)),
    ...GATEWAY_CLAIM_NAMES.map((name) => [name, identity[name as keyof typeof identity]]),
  ]);
}
