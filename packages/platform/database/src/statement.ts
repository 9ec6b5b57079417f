/** A statement that can run by itself or as a part of a larger one. */
export interface Statement {
  /** Fixed: what differs from one use to the next is in `values`. Holds no `$` but those of parameters. */
  readonly text: string;
  readonly values: readonly unknown[];
}

/**
 * Statements as members of one WITH clause, by name, to save round trips: each runs whether it is read from or not, and
 * none sees what another changes (PostgreSQL manual, 7.8.4). Their parameters are numbered behind the first `offset`,
 * which are the larger statement's own.
 */
export function asMembersOfWith(statements: Readonly<Record<string, Statement>>, offset: number): Statement {
  const values: unknown[] = [];
  const members = Object.entries(statements).map(([name, statement]) => {
    const first = offset + values.length;
    values.push(...statement.values);
    return `${name} AS (${statement.text.replace(/\$(\d+)/g, (_all, number) => `$${first + Number(number)}`)})`;
  });
  return { text: members.join(",\n"), values };
}

/**
 * The elements of an array, as a source of rows. Given an array itself, the planner counts its elements: it finds that
 * few of them cost less than the many that a plan for any array assumes, and plans the statement anew each time.
 * @param array as an expression, such as "$4::uuid[]"
 */
export function elementsOf(array: string): string {
  return `unnest((SELECT ${array}))`;
}
