import { CopyButton } from "./copy-button.tsx";

/** Text for a file or a terminal, as it is, with a button that copies all of it. */
export function CodeBlock({ code, label }: { readonly code: string; readonly label: string }) {
  return (
    <div className="code">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: wider than its place it is scrolled, also by the keyboard */}
      <section aria-label={label} className="code-text" tabIndex={0}>
        <pre>{code}</pre>
      </section>
      <CopyButton value={code} label={label} />
    </div>
  );
}
