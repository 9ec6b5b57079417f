import { Text } from "@mantine/core";
import type { ReactNode } from "react";

/** Names and values of one thing, one under the other. */
export function DetailList({ items }: { readonly items: readonly (readonly [string, ReactNode])[] }) {
  return (
    <dl className="details">
      {items.map(([name, value]) => (
        <div key={name}>
          <Text component="dt" size="sm" c="dimmed">
            {name}
          </Text>
          <Text component="dd" m={0} mb="sm" className="detail-value">
            {value}
          </Text>
        </div>
      ))}
    </dl>
  );
}
