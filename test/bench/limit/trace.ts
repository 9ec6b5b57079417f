import type { LoggedStatement } from "../world/statement-log.ts";

/** Left out: its functions check what only their own job knows. */
const QUEUE = "sallyport queue";
/** Left out: what the reconciler does later needs the rows of many requests, and no request waits for it. */
const RECONCILER = /\b(from dirty_directory_\w+|memberships|role_bindings)\b/i;

const OPENS = /^\s*(begin|start transaction)/i;
const CLOSES = /^\s*(commit|rollback|end)\b/i;

/** Statements that belong together: a transaction, or one by itself. */
type Unit = readonly LoggedStatement[];

export interface Trace {
  readonly statements: number;
  /** For as many connections at once, what each is to run: first it prepares its statements. */
  readonly scripts: readonly (readonly string[])[];
}

/** The SQL of the requests, as it was logged. */
export function traceOf(log: readonly LoggedStatement[], connections: number): Trace {
  const dealt: Unit[][] = Array.from({ length: connections }, () => []);
  const kept = unitsOf(log).filter((unit) => !unit.some(isLeftOut));
  for (const [index, unit] of kept.entries()) {
    dealt[index % connections]?.push(unit);
  }
  const scripts = dealt.filter((units) => units.length > 0).map((units) => script(units.flat()));
  return { statements: kept.flat().length, scripts };
}

const isLeftOut = ({ application, text }: LoggedStatement) => application === QUEUE || RECONCILER.test(text);

/** In the order in which they ended. */
function unitsOf(log: readonly LoggedStatement[]): Unit[] {
  const units: Unit[] = [];
  const open = new Map<string, LoggedStatement[]>();
  for (const statement of log) {
    const transaction = open.get(statement.session);
    if (OPENS.test(statement.text)) {
      open.set(statement.session, [statement]);
    } else if (transaction === undefined) {
      units.push([statement]);
    } else {
      transaction.push(statement);
      if (!CLOSES.test(statement.text)) {
        continue;
      }
      units.push(transaction);
      open.delete(statement.session);
    }
  }
  return units;
}

function script(statements: Unit): string[] {
  const names = new Map<string, string>();
  const lines = statements.map(({ text, values }) => {
    if (values.length === 0) {
      return text;
    }
    const name = names.get(text) ?? `statement_${names.size}`;
    names.set(text, name);
    return `execute ${name}(${values.join(", ")})`;
  });
  const prepared = [...names].map(([text, name]) => `prepare ${name} as ${text}`);
  return [...prepared, ...lines];
}
