import type { Peer } from "../peer.ts";
import { apache } from "./apache.ts";
import { authJs } from "./auth-js.ts";
import { django } from "./django.ts";
import { express } from "./express.ts";
import { flask } from "./flask.ts";
import { go } from "./go.ts";
import { oauth2Proxy } from "./oauth2-proxy.ts";
import { spring } from "./spring.ts";

/** Every peer that `run` knows, in the order of docs/apps/README.md. */
export const peers: readonly Peer[] = [apache, oauth2Proxy, spring, authJs, express, django, flask, go];
