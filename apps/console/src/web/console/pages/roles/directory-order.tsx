import { ActionIcon, Button, Group, Text } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconX } from "@tabler/icons-react";
import { useCatalogue } from "../../../texts/language.tsx";
import { policyTexts } from "./policy-texts.ts";

interface Named {
  readonly id: string;
  readonly name: string;
}

interface DirectoryOrderProps {
  readonly directories: readonly Named[];
  /** Ids; those that are not in it come last, and count alike. */
  readonly order: readonly string[];
  readonly readOnly: boolean;
  onChange(order: readonly string[]): void;
}

/** Which directory comes first, moved by buttons: as easily by keyboard as by mouse. */
export function DirectoryOrder({ directories, order, readOnly, onChange }: DirectoryOrderProps) {
  const texts = useCatalogue(policyTexts).directories;
  const nameOf = (id: string) => directories.find((one) => one.id === id)?.name ?? id;
  const rest = directories.filter(({ id }) => !order.includes(id));
  const move = (index: number, by: number) => {
    const changed = [...order];
    const [moved] = changed.splice(index, 1);
    changed.splice(index + by, 0, moved ?? "");
    onChange(changed);
  };
  return (
    <div>
      <ol className="order" aria-label={texts.label}>
        {order.map((id, index) => (
          <li key={id}>
            <Group justify="space-between" wrap="nowrap" gap="xs">
              <Text className="order-name">
                {index + 1}. {nameOf(id)}
              </Text>
              {!readOnly && (
                <Group gap={4} wrap="nowrap">
                  <ActionIcon
                    variant="default"
                    aria-label={texts.up(nameOf(id))}
                    disabled={index === 0}
                    onClick={() => move(index, -1)}
                  >
                    <IconArrowUp size={16} aria-hidden />
                  </ActionIcon>
                  <ActionIcon
                    variant="default"
                    aria-label={texts.down(nameOf(id))}
                    disabled={index === order.length - 1}
                    onClick={() => move(index, 1)}
                  >
                    <IconArrowDown size={16} aria-hidden />
                  </ActionIcon>
                  <ActionIcon
                    variant="default"
                    aria-label={texts.takeOut(nameOf(id))}
                    onClick={() => onChange(order.filter((other) => other !== id))}
                  >
                    <IconX size={16} aria-hidden />
                  </ActionIcon>
                </Group>
              )}
            </Group>
          </li>
        ))}
      </ol>
      {!readOnly && rest.length > 0 && (
        <Group gap="xs" mt={order.length === 0 ? 0 : "xs"}>
          {rest.map(({ id, name }) => (
            <Button key={id} size="xs" variant="default" onClick={() => onChange([...order, id])}>
              {order.length === 0 ? texts.first(name) : texts.next(name)}
            </Button>
          ))}
        </Group>
      )}
      {readOnly && rest.length > 0 && order.length > 0 && (
        <Text c="dimmed">{texts.rest(rest.map(({ name }) => name).join(", "))}</Text>
      )}
    </div>
  );
}
