const HOUR_MS = 3_600_000;

/** One bar: an hour, and how many of each outcome it had. */
export interface Hour<Outcome extends string> {
  readonly at: number;
  readonly counts: Readonly<Partial<Record<Outcome, number>>>;
}

/** The hours of a period, those too that the API leaves out because nothing happened in them. */
export function hoursOf<Outcome extends string>(
  period: { readonly from: string; readonly to: string },
  rows: readonly { readonly hour: string; readonly outcome: Outcome; readonly count: number }[],
): readonly Hour<Outcome>[] {
  const hours: { at: number; counts: Partial<Record<Outcome, number>> }[] = [];
  const byTime = new Map<number, Partial<Record<Outcome, number>>>();
  const end = Date.parse(period.to);
  for (let at = Math.floor(Date.parse(period.from) / HOUR_MS) * HOUR_MS; at < end; at += HOUR_MS) {
    const counts: Partial<Record<Outcome, number>> = {};
    hours.push({ at, counts });
    byTime.set(at, counts);
  }
  for (const { hour, outcome, count } of rows) {
    const counts = byTime.get(Date.parse(hour));
    if (counts !== undefined) {
      counts[outcome] = (counts[outcome] ?? 0) + count;
    }
  }
  return hours;
}

/** How often each cause was given, the most frequent first. */
export function causesOf(
  rows: readonly { readonly cause: string | null; readonly count: number }[],
): readonly (readonly [cause: string, count: number])[] {
  const counts = new Map<string, number>();
  for (const { cause, count } of rows) {
    if (cause !== null) {
      counts.set(cause, (counts.get(cause) ?? 0) + count);
    }
  }
  return [...counts].sort(([, a], [, b]) => b - a);
}
