import { Alert, Text } from "@mantine/core";
import { IconAlertTriangle, IconX } from "@tabler/icons-react";
import { fieldToChange } from "../guides/fields-to-change.ts";
import { useCatalogue, useLanguage } from "../texts/language.tsx";
import { DetailList } from "./detail-list.tsx";
import type { Finding } from "./findings.ts";
import { findingInGerman } from "./findings-de.ts";
import { componentTexts } from "./texts.ts";

interface FindingNoteProps {
  readonly finding: Finding;
  readonly color: "red" | "yellow";
  /** The identity provider's product, as the guides have it, and what to call it. */
  readonly product: { readonly id: string; readonly name: string };
}

/** What was found, and where at the IdP to change it, in its own words. */
export function FindingNote({ finding, color, product }: FindingNoteProps) {
  const texts = useCatalogue(componentTexts);
  const { language } = useLanguage();
  const { difference } = finding;
  const [message, fix] = (language === "de" ? findingInGerman(finding.code) : undefined) ?? [
    finding.message,
    finding.fix,
  ];
  const field = fieldToChange(product.id, finding.code);
  return (
    <Alert
      color={color}
      variant="light"
      title={<span className="alert-title">{message}</span>}
      icon={color === "red" ? <IconX size={20} aria-hidden /> : <IconAlertTriangle size={20} aria-hidden />}
    >
      {difference !== undefined && (
        <DetailList
          items={[
            [texts.expected, <code key="expected">{difference.expected}</code>],
            [
              texts.found,
              difference.found === null ? texts.nothingCame : <code key="found">{difference.found}</code>,
            ],
          ]}
        />
      )}
      {finding.detail !== undefined && (
        <Text ff="monospace" size="sm" mb="xs" className="detail-value">
          {finding.detail}
        </Text>
      )}
      <Text>
        {field !== undefined && (
          <>
            {product.name} › <b>{field}</b>:{" "}
          </>
        )}
        {fix}
      </Text>
    </Alert>
  );
}
