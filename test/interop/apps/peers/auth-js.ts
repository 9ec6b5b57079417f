import { installNode, startNode } from "../node.ts";
import type { Peer } from "../peer.ts";

export const authJs: Peer = {
  name: "auth-js",
  page: "/",
  install: (folder) => installNode(folder, "@auth/express"),
  start: startNode,
};
