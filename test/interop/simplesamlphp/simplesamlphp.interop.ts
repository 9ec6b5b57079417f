import { describe } from "vitest";
import { describeIdpInitiated } from "../idp-initiated.ts";
import { describeForcedSignIn, describeSignIn } from "../sign-in.ts";
import { describeSignOut } from "../sign-out.ts";
import { useStand } from "../stand.ts";
import { startSimpleSamlPhp } from "./simplesamlphp.ts";

describe("SimpleSAMLphp", () => {
  const stand = useStand({ start: startSimpleSamlPhp, provider: "shibboleth" });
  describeSignIn(stand);
  describeForcedSignIn(stand);
  describeIdpInitiated(stand);
  describeSignOut(stand);
});
