import { describe } from "vitest";
import { useFixture } from "../fixture.ts";
import { describeIdpInitiated } from "../idp-initiated.ts";
import { describeForcedSignIn, describeSignIn } from "../sign-in.ts";
import { describeSignOut } from "../sign-out.ts";
import { startSimpleSamlPhp } from "./simplesamlphp.ts";

describe("SimpleSAMLphp", () => {
  const fixture = useFixture({ start: startSimpleSamlPhp, provider: "shibboleth" });
  describeSignIn(fixture);
  describeForcedSignIn(fixture);
  describeIdpInitiated(fixture);
  describeSignOut(fixture);
});
