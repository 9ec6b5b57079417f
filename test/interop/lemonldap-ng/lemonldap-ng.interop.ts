import { describe } from "vitest";
import { useFixture } from "../fixture.ts";
import { describeIdpInitiated } from "../idp-initiated.ts";
import { describeSignIn } from "../sign-in.ts";
import { describeSignOut } from "../sign-out.ts";
import { startLemonLdap } from "./lemonldap-ng.ts";

describe("LemonLDAP::NG", () => {
  const fixture = useFixture({ start: startLemonLdap, provider: "generic" });
  describeSignIn(fixture);
  describeIdpInitiated(fixture);
  describeSignOut(fixture);
});
