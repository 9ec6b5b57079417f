import type { EventDraft } from "@sallyport/events";
import type { Identifier } from "../identifiers.ts";
import type { MembershipState } from "../membership.ts";
import type { Profile } from "../profile.ts";
import type { ProfileUpdate } from "./effects.ts";
import type { SignInBinding } from "./look-up.ts";

/** Somebody whose login is let in, as they are stored. */
export interface Person {
  readonly userId: string;
  readonly identityId: string;
  readonly membership: MembershipState;
  /** A directory has the person, and so the profile is the directory's. */
  readonly inDirectory: boolean;
  readonly profile: Profile;
  readonly emailProof: ProfileUpdate["emailProof"];
  /** A later login changed the address, so that none proves it any more. */
  readonly emailChanged: boolean;
  readonly identifiers: readonly Identifier[];
  readonly directoryKey: string | null;
  /** What earlier logins gave. */
  readonly bindings: readonly SignInBinding[];
  /** What was done to know them, where the identity is new. */
  readonly events: readonly EventDraft[];
  /** Made by this very login. */
  readonly isNew: boolean;
}
