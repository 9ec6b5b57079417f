import { describe } from "vitest";
import { useFixture } from "./fixture.ts";
import type { ForeignIdp } from "./foreign-idp.ts";
import { query } from "./foreign-idp.ts";
import { describeIdpInitiated } from "./idp-initiated.ts";
import { startSamlpIdp } from "./samlp-idp.ts";

/** samlp's portal, for a real browser: whoever comes is signed in already. */
async function startSamlpPortal(): Promise<ForeignIdp> {
  const idp = await startSamlpIdp("127.0.0.1");
  return {
    name: "samlp",
    metadataXml: async () => idp.metadataXml,
    async trust(spMetadata, behaviour) {
      const attribute = (pattern: RegExp) => pattern.exec(spMetadata)?.[1] ?? "";
      const spEntityId = attribute(/entityID="([^"]+)"/);
      const acsUrl = attribute(/AssertionConsumerService [^>]*Location="([^"]+)"/);
      await idp.trust({ spEntityId, acsUrl, spMetadataUrl: spEntityId }, behaviour);
    },
    signIn: async () => undefined,
    startUrl: (_tenant, relayState) => `${idp.portalUrl}?${query({ RelayState: relayState })}`,
    signOutUrl: idp.logoutUrl,
    log: async () => "",
    stop: idp.stop,
  };
}

describe("samlp", () => {
  describeIdpInitiated(useFixture({ start: startSamlpPortal, provider: "adfs" }));
});
