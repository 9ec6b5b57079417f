import { html } from "../html.ts";
import { renderPage } from "../page.ts";

/** What the browser is on its way to do. */
export type AutoPostPurpose = "sign-in" | "sign-out";

export interface AutoPostPage {
  readonly purpose: AutoPostPurpose;
  readonly action: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly nonce: string;
}

const WORDS = {
  "sign-in": { title: "Signing in", heading: "Signing you in" },
  "sign-out": { title: "Signing out", heading: "Signing you out" },
} as const satisfies Record<AutoPostPurpose, unknown>;

const SUBMIT = "document.forms[0].submit()";

/** A form that posts itself; without script, a button does. */
export function renderAutoPostPage(page: AutoPostPage): string {
  const { title, heading } = WORDS[page.purpose];
  return renderPage({
    title,
    body: html`<main>
<form class="card" method="post" action="${page.action}">
<h1>${heading}</h1>
<p class="soft">One moment, please.</p>
${Object.entries(page.fields).map(
  ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">
`,
)}<noscript><button>Continue</button></noscript>
</form>
</main>`,
    script: { source: SUBMIT, nonce: page.nonce },
  });
}
