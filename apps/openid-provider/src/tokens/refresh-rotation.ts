import { createHmac, hkdfSync } from "node:crypto";
import { type Applications, isPublic } from "../applications.ts";

/**
 * What follows a refresh token that has been used. Each use makes it void and gives a successor; a second use shows that
 * somebody else has it, and ends the authorization (RFC 9700, 4.14.2). But an application with parallel requests refreshes
 * twice at once, and one whose answer was lost refreshes again. So within a short window after the first use the same
 * application gets the *same* successor: no more refresh tokens live than one.
 *
 * A public application is given no such window. It proves itself by nothing but the refresh token, so within the window a
 * thief could not be told from it, and rotation is all that protects it (RFC 9700, 4.14.2).
 */
export interface RefreshRotation {
  /**
   * The successor of a token, always the same one, in every process. Of use to nobody without our key: who holds a token
   * cannot compute what it will be followed by.
   */
  successorOf(token: string): string;
  /** Whether a token that was used at `usedAt` may be used again now by the application of this `client_id`. */
  mayRepeat(clientId: unknown, usedAt: Date): Promise<boolean>;
}

/** @param secret of ours, the same in every process. @param graceSeconds 0: none may repeat */
export function createRefreshRotation(deps: {
  readonly secret: string;
  readonly graceSeconds: number;
  readonly applications: Applications;
  readonly now: () => Date;
}): RefreshRotation {
  const { applications, now, graceSeconds } = deps;
  const key = Buffer.from(hkdfSync("sha256", deps.secret, "", "refresh token successors", 32));
  return {
    successorOf: (token) => createHmac("sha256", key).update(token).digest("base64url"),
    async mayRepeat(clientId, usedAt) {
      if (typeof clientId !== "string" || now().getTime() - usedAt.getTime() >= graceSeconds * 1000) {
        return false;
      }
      const application = await applications.find(clientId);
      return application !== null && !isPublic(application);
    },
  };
}
