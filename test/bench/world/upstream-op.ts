import { fork } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { z } from "zod";

/** A customer's OpenID Provider in a process of its own: its CPU time is not the gateway's. */
export interface UpstreamOp {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Lets the gateway's connection use it. */
  allow(redirectUri: string): Promise<void>;
  close(): Promise<void>;
}

const MAIN = fileURLToPath(new URL("./upstream-op-process.ts", import.meta.url));
const listening = z.object({ issuer: z.string() });

export async function startUpstreamOp(): Promise<UpstreamOp> {
  const client = { clientId: "gateway", clientSecret: "the secret of the gateway at its upstream" };
  const child = fork(MAIN, [], { stdio: ["ignore", "ignore", "pipe", "ipc"] });
  if (child.stderr !== null) {
    createInterface(child.stderr).on("line", (line) => {
      // That its state is in memory and Node 20 is old matters to nobody here.
      if (!line.includes("oidc-provider WARNING")) {
        process.stderr.write(`${line}\n`);
      }
    });
  }
  const answer = async (): Promise<unknown> => (await once(child, "message"))[0];
  const { issuer } = listening.parse(await answer());
  return {
    issuer,
    ...client,
    allow: async (redirectUri) => {
      child.send({ ...client, redirectUri });
      await answer();
    },
    close: async () => {
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      await ended;
    },
  };
}
