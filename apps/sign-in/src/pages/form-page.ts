import type { Brand } from "@sallyport/branding";
import { brandLogo, html, renderPage, sendPage } from "@sallyport/html";
import type { Response } from "express";
import type { SignInForm } from "../core/sign-in-form.ts";

export interface FormPage {
  readonly action: string;
  /** Fields that nobody sees. */
  readonly hidden: Readonly<Record<string, string>>;
  readonly form: SignInForm;
  /** Whose sign-in it is, where people see the form. */
  readonly brand?: Brand | null;
}

/** Shows a form of the gateway during a login. */
export function sendForm(res: Response, status: number, page: FormPage): void {
  sendPage(res, status, renderFormPage(page), { pictures: page.brand?.logo != null });
}

function renderFormPage({ action, hidden, form, brand }: FormPage): string {
  const { title, fields, button, problem } = form;
  return renderPage({
    title,
    body: html`<main>
<form class="card" method="post" action="${action}">
${brand && brandLogo(brand.name, brand.logo)}<h1>${title}</h1>
${problem && html`<p class="bad small" id="problem" role="alert">${problem}</p>`}
${Object.entries(hidden).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
${fields.map(
  ({ name, label, type, autocomplete }) => html`<label for="${name}">${label}</label>
<input id="${name}" name="${name}" type="${type}" autocomplete="${autocomplete ?? "off"}" required>
`,
)}<button>${button}</button>
</form>
</main>`,
  });
}
