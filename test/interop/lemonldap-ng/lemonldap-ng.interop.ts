import { describe } from "vitest";
import { describeSignIn } from "../sign-in.ts";
import { startLemonLdap } from "./lemonldap-ng.ts";

describe("LemonLDAP::NG", () => {
  describeSignIn({ start: startLemonLdap, provider: "generic" });
});
