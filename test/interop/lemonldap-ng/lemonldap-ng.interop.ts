import { describe } from "vitest";
import { describeIdpInitiated } from "../idp-initiated.ts";
import { describeSignIn } from "../sign-in.ts";
import { describeSignOut } from "../sign-out.ts";
import { useStand } from "../stand.ts";
import { startLemonLdap } from "./lemonldap-ng.ts";

describe("LemonLDAP::NG", () => {
  const stand = useStand({ start: startLemonLdap, provider: "generic" });
  describeSignIn(stand);
  describeIdpInitiated(stand);
  describeSignOut(stand);
});
