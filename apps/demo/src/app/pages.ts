import { GATEWAY_CLAIM_NAMES } from "@sallyport/claims";
import { type Html, html } from "@sallyport/html";
import type { Company } from "../companies.ts";
import type { AppSession } from "./sessions.ts";

interface AppPage {
  readonly title: string;
  readonly body: Html;
}

const PROTOCOLS = { saml: "SAML", oidc: "OIDC" } as const;

export const PAGE_STYLE = `
.columns { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fit, minmax(20rem, 1fr)); align-items: start; }
.columns .card { min-width: 0; }
header.who { display: flex; flex-wrap: wrap; gap: 1rem; align-items: center; justify-content: space-between; margin-bottom: 1rem; }
header.who h1 { margin: 0; }
header.who form { margin: 0; }
header.who button { width: auto; margin: 0; }
.chip { display: inline-block; border: 1px solid var(--line); border-radius: 99px; padding: .1rem .7rem; margin: .2rem .3rem .2rem 0; font-size: .85rem; background: var(--paper); }
.chip.role { border-color: var(--accent); color: var(--accent); font-weight: 600; }
`;

export const PAGE_SCRIPT = `
if (document.querySelector("[data-live]")) {
  new EventSource("/events").addEventListener("ended", () => location.reload());
}`;

export function welcomePage(companies: readonly Company[]): AppPage {
  return {
    title: "Sallyport demo",
    body: html`<main><div class="card">
<h1>An internal app</h1>
<p class="soft">It asks the gateway who you are. Two companies sign in here, each in its own way.</p>
${companyButtons(companies)}
<hr>
<a class="button quiet" href="/login">Continue with work email</a>
</div></main>`,
  };
}

export function signedOutPage(session: AppSession, companies: readonly Company[]): AppPage {
  return {
    title: "Signed out",
    body: html`<main><div class="card">
<h1 class="bad">You were signed out</h1>
<p>At ${session.endedAt?.toISOString()} the gateway told this app that the session of
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
${identity.roles.map((role) => html`<span class="chip role">${role}</span>`)}${identity.groups.map((group) => html`<span class="chip">${group}</span>`)}
</div><form method="post" action="/logout"><button class="quiet">Sign out</button></form></header>
<div class="columns">
${panel("identity", "Normalized identity", "The same document, whichever protocol it came by.", normalized(identity))}
${panel("claims", "Claims of the tokens", "ID token, then access token.", [session.idTokenClaims, session.accessTokenClaims])}
${panel("idp", "What the IdP sent", identity.connection_type === "saml" ? "The assertion, as its signature covers it." : "The upstream ID token.", session.idpMessage)}
</div></main>`,
  };
}

function companyButtons(companies: readonly Company[]): Html[] {
  return companies.map(
    (company) =>
      html`<a class="button" href="/login?organization=${company.slug}">${company.name} (${PROTOCOLS[company.protocol]})</a>`,
  );
}

function panel(id: string, title: string, text: string, content: unknown): Html {
  const shown = typeof content === "string" ? content : JSON.stringify(content, null, 2);
  return html`<section class="card" id="${id}"><h2>${title}</h2><p class="soft small">${text}</p><pre>${shown}</pre></section>`;
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
