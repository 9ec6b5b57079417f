import { html, pageHeaders, renderPage } from "@sallyport/html";
import type { Response } from "express";
import { type Company, fullName } from "../companies.ts";

const STYLE = `
.idp { display: inline-block; font-size: .75rem; font-weight: 600; letter-spacing: .04em; text-transform: uppercase; color: var(--soft); margin-bottom: .75rem; }
button small { display: block; font-weight: 400; opacity: .8; }
`;

/** Asks who signs in. Each button posts `person` to `action`, with the hidden fields. */
export function sendPeoplePage(
  res: Response,
  company: Company,
  form: { action: string; fields?: Readonly<Record<string, string>>; formTargets?: readonly string[] },
): void {
  const hidden = Object.entries(form.fields ?? {}).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
  );
  const people = company.people.map(
    (person) =>
      html`<button name="person" value="${person.email}">${fullName(person)}<small>${person.email}</small></button>`,
  );
  const body = html`<main><div class="card">
<span class="idp">${company.name}'s demo identity provider · ${company.protocol === "saml" ? "SAML" : "OIDC"}</span>
<h1>Who signs in?</h1>
<p class="soft">A demo asks for no password. Choose a colleague.</p>
<form method="post" action="${form.action}">${hidden}${people}</form>
</div></main>`;
  res
    .set(pageHeaders({ formTargets: form.formTargets ?? [] }))
    .send(renderPage({ title: `Sign in at ${company.name}`, body, style: STYLE }));
}

/** The page that carries a SAML response to the service provider (HTTP-POST binding). */
export function sendAutoPost(
  res: Response,
  nonce: string,
  action: string,
  fields: Readonly<Record<string, string>>,
): void {
  const hidden = Object.entries(fields).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
  );
  const body = html`<main><form method="post" action="${action}">${hidden}
<p>Taking you back …</p><noscript><button>Continue</button></noscript></form></main>`;
  res
    .set(pageHeaders({ nonce, formTargets: ["http:", "https:"] }))
    .send(renderPage({ title: "Signing in", body, script: { nonce, source: "document.forms[0].submit()" } }));
}

export function sendIdpError(res: Response, message: string): void {
  res.status(400).set(pageHeaders()).send(renderIdpError(message));
}

export function renderIdpError(message: string): string {
  const body = html`<main><div class="card"><h1>The demo IdP refuses</h1><p>${message}</p></div></main>`;
  return renderPage({ title: "Refused", body });
}
