import { describe } from "vitest";
import { describeSignIn } from "../sign-in.ts";
import { startSimpleSamlPhp } from "./simplesamlphp.ts";

describe("SimpleSAMLphp", () => {
  describeSignIn({ start: startSimpleSamlPhp, provider: "shibboleth" });
});
