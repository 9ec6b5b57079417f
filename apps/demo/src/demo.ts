import { randomBytes } from "node:crypto";
import type { Logger } from "@sallyport/logging";
import { createTestIdp } from "@sallyport/saml/testing";
import { createDemoApp } from "./app/app.ts";
import { createDemoIdp, OIDC_CLIENT_ID, oidcIssuer, samlPortalUrl, samlUrls } from "./idp/idp.ts";
import { type Listener, listen } from "./listen.ts";
import { seed } from "./seed.ts";
import { type DemoState, readDemoState, writeDemoState } from "./state.ts";

export interface DemoDeps {
  /** The running gateway. */
  readonly gatewayUrl: string;
  readonly rootKey: string;
  /** Where the demo keeps what it must find again. Exists. */
  readonly dataDir: string;
  /** 0: any free port. */
  readonly appPort: number;
  readonly idpPort: number;
  readonly log: Logger;
}

export interface DemoUrls {
  readonly appUrl: string;
  readonly idpUrl: string;
  /** The page where Acme's IdP admin sets sign-in up. */
  readonly setupUrl: string;
}

export interface Demo {
  /** Binds both servers and sets the demo companies up through the gateway's management API: start it after the gateway. */
  start(): Promise<DemoUrls>;
  stop(): Promise<void>;
}

/** Two companies, their identity providers and an internal app: what a newcomer clicks through. Never for production. */
export function createDemo(deps: DemoDeps): Demo {
  const listeners: Listener[] = [];
  const bind = async (port: number) => {
    const listener = await listen(port);
    listeners.push(listener);
    return listener;
  };
  return {
    async start() {
      const app = await bind(deps.appPort);
      const idp = await bind(deps.idpPort);
      const state = await loadState(deps);
      const samlIdp = createTestIdp({ ...samlUrls(idp.url), ...state.samlIdp });
      const connections = await seed({
        state,
        appUrl: app.url,
        samlMetadata: samlIdp.metadata(),
        oidcIssuer: oidcIssuer(idp.url),
        oidcClientId: OIDC_CLIENT_ID,
      });
      await writeDemoState(deps.dataDir, state);
      const setupUrl = `${deps.gatewayUrl}/setup/${state.setupToken ?? ""}`;
      idp.serve(
        await createDemoIdp({
          url: idp.url,
          samlIdp,
          serviceProvider: connections.saml,
          oidcClient: { secret: state.oidcIdp.clientSecret, redirectUri: connections.oidc.redirectUri },
          log: deps.log,
        }),
      );
      app.serve(
        await createDemoApp({
          ...{ url: app.url, portalUrl: samlPortalUrl(idp.url), setupUrl },
          ...{ state, log: deps.log },
        }),
      );
      return { appUrl: app.url, idpUrl: idp.url, setupUrl };
    },
    async stop() {
      await Promise.all(listeners.map((listener) => listener.close()));
    },
  };
}

async function loadState({ dataDir, gatewayUrl, rootKey }: DemoDeps): Promise<DemoState> {
  const known = await readDemoState(dataDir);
  if (known !== null) {
    return { ...known, gatewayUrl, rootKey };
  }
  const { privateKey, certificate } = createTestIdp();
  return {
    gatewayUrl,
    rootKey,
    samlIdp: { privateKey: privateKey.export({ type: "pkcs8", format: "pem" }).toString(), certificate },
    oidcIdp: { clientSecret: randomBytes(32).toString("base64url") },
    connections: {},
    directories: {},
  };
}
