import { html, renderPage } from "@sallyport/html";

/** Where a test of a connection ends: the result is shown where it was started. */
export function renderTestDonePage(): string {
  return renderPage({
    title: "The test is done",
    body: html`<main>
<div class="card">
<h1>The test is done</h1>
<p class="soft">Nobody was signed in. Close this window: the page that started the test shows how it went.</p>
</div>
</main>`,
  });
}
