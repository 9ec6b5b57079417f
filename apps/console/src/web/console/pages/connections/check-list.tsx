import { Text, Title } from "@mantine/core";
import { IconCheck, IconMinus, IconX } from "@tabler/icons-react";
import { useCatalogue } from "../../../texts/language.tsx";
import type { CheckResult } from "./checks.ts";
import { loginTexts } from "./login-texts.ts";

const ICONS = { passed: IconCheck, failed: IconX, unseen: IconMinus } as const;

/** Each check with how it went. */
export function CheckList({ results }: { readonly results: readonly CheckResult[] }) {
  const texts = useCatalogue(loginTexts);
  const nothing = results.every(({ verdict }) => verdict === "unseen");
  return (
    <section aria-labelledby="checks">
      <Title order={2} size="h3" id="checks" mb="xs">
        {texts.record.checks}
      </Title>
      {nothing ? (
        <Text c="dimmed">{texts.record.unsolicitedChecks}</Text>
      ) : (
        <ul className="checklist">
          {results.map(({ id, verdict }) => {
            const Icon = ICONS[verdict];
            return (
              <li key={id} data-verdict={verdict}>
                <Icon className="check-icon" size={16} aria-hidden />
                <span>
                  <span className="visually-hidden">{texts.record.verdict[verdict]}: </span>
                  {texts.checks[id]}
                </span>
              </li>
            );
          })}
        </ul>
      )}
    </section>
  );
}
