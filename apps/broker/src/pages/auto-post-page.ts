import { html, renderPage } from "@sallyport/html";

export interface AutoPostPage {
  readonly action: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly nonce: string;
}

const SUBMIT = "document.forms[0].submit()";

/** A form that posts itself; without script, a button does. */
export function renderAutoPostPage(page: AutoPostPage): string {
  return renderPage({
    title: "Signing in",
    body: html`<main>
<form class="card" method="post" action="${page.action}">
<h1>Signing you in</h1>
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
