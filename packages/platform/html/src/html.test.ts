import { expect, it } from "vitest";
import { html, raw } from "./html.ts";

it("escapes every value, in text and in attributes", () => {
  const name = `<img src=x onerror="alert('1')">&`;
  expect(String(html`<p title="${name}">${name}</p>`)).toBe(
    '<p title="&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;">' +
      "&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;</p>",
  );
});

it("nests templates, joins lists and leaves out what is absent", () => {
  const items = ["a", "<b>"].map((item) => html`<li>${item}</li>`);
  expect(String(html`<ul>${items}</ul>${null}${undefined}${false}${0}${raw("<hr>")}`)).toBe(
    "<ul><li>a</li><li>&lt;b&gt;</li></ul>0<hr>",
  );
});
