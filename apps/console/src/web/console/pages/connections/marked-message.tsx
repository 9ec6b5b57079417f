import { IconCheck, IconX } from "@tabler/icons-react";
import { CopyButton } from "../../../components/copy-button.tsx";
import { useCatalogue } from "../../../texts/language.tsx";
import type { CheckResult } from "./checks.ts";
import { loginTexts } from "./login-texts.ts";
import { messageLines } from "./message-lines.ts";

interface MarkedMessageProps {
  readonly message: string;
  readonly results: readonly CheckResult[];
  readonly label: string;
}

const MARKS = { passed: IconCheck, failed: IconX } as const;

/** A message line by line, with what was checked marked; a button copies it as it came. */
export function MarkedMessage({ message, results, label }: MarkedMessageProps) {
  const texts = useCatalogue(loginTexts).record;
  return (
    <div className="code">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: wider than its place it is scrolled, also by the keyboard */}
      <section aria-label={label} className="code-text" tabIndex={0}>
        <pre>
          {messageLines(message, results).map(({ text, verdict }, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: lines have no names, and none moves
            <span key={index} className="message-line" data-verdict={verdict}>
              <span className="message-mark" aria-hidden>
                {verdict !== undefined && <Mark verdict={verdict} />}
              </span>
              {verdict !== undefined && <span className="visually-hidden">{texts.verdict[verdict]}: </span>}
              {text}
            </span>
          ))}
        </pre>
      </section>
      <CopyButton value={message} label={label} />
    </div>
  );
}

function Mark({ verdict }: { readonly verdict: keyof typeof MARKS }) {
  const Icon = MARKS[verdict];
  return <Icon size={14} />;
}
