import type { ServerProcess } from "../process.ts";

/** A relying party that was not written here, set up as its page in docs/apps says. */
export interface Peer {
  /** Its page is `docs/apps/<name>.md`. */
  readonly name: string;
  /** The path of the page that only people signed in may see, and that shows their email and roles. */
  readonly page: string;
  /**
   * The path that signs out, with `{goodbye}` for where to go then, or the form of the page that does; undefined where it
   * can sign nobody out at the gateway.
   */
  readonly signOut?: string | "form";
  /** A logout token ends all of the person's sessions there, not only the one that it names. */
  readonly endsWholePerson?: boolean;
  /** It holds a refresh token, and is started so that it uses that after a second. */
  readonly refreshes?: boolean;
  /** Installs it into a folder that is kept from run to run, with the page's files in it; resolves to its version. */
  install(folder: string): Promise<string>;
  start(place: Place): Promise<ServerProcess>;
}

/** Where a peer runs. */
export interface Place {
  /** Holds the files of the page, for this gateway. */
  readonly folder: string;
  readonly port: number;
  /** Its origin to the browser, `http://localhost:<port>`. */
  readonly url: string;
}
