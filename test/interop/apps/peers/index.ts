import type { Peer } from "../peer.ts";
import { authJs } from "./auth-js.ts";
import { django } from "./django.ts";
import { express } from "./express.ts";
import { flask } from "./flask.ts";
import { go } from "./go.ts";

/** Every peer that `run` knows, in the order of docs/apps/README.md. */
export const peers: readonly Peer[] = [authJs, express, django, flask, go];
