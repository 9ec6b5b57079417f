/** What was seen of one peer. */
export interface Row {
  readonly peer: string;
  signIn: string;
  logout: string;
  backchannel: string;
  /** Several requests at once, each of which uses the refresh token. */
  refresh: string;
  version: string;
}

const rows: Row[] = [];

export function addRow(peer: string): Row {
  const row = {
    peer,
    signIn: "not tried",
    logout: "no",
    backchannel: "no",
    refresh: "",
    version: "not installed",
  };
  rows.push(row);
  return row;
}

/** All rows, as Markdown. */
export function table(): string {
  const head = ["peer", "sign-in", "logout", "back-channel logout", "parallel refresh", "version"];
  const lines = rows.map((row) => [
    row.peer,
    row.signIn,
    row.logout,
    row.backchannel,
    row.refresh,
    row.version,
  ]);
  return [head, head.map(() => "---"), ...lines].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}
