import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { newId } from "@sallyport/database";
import { expect, vi } from "vitest";
import { z } from "zod";
import type { SamlSite } from "../harness/saml-site.ts";
import type { UnusualPerson } from "./person.ts";

/** Those who are told of events and sessions, and who say back what they heard: with people in it. */
export interface Listeners {
  /** Has all of them hear of a person, and waits until they have answered. */
  hearOf(
    person: UnusualPerson,
    acts: { rename(): Promise<void>; endSession(): Promise<unknown> },
  ): Promise<void>;
  stop(): Promise<void>;
}

const made = z.object({ id: z.string() });

export async function startListeners(
  { gateway, application }: SamlSite,
  api: (method: string, path: string, body?: unknown) => Promise<unknown>,
): Promise<Listeners> {
  const { sql } = gateway.database;
  /** What an application and an audit stream's destination say next. */
  let words = "";
  const server = createServer((req, res) => {
    const chunks: Buffer[] = [];
    req.on("data", (chunk: Buffer) => chunks.push(chunk));
    req.on("end", () => {
      if (req.url === "/webhook") {
        res.writeHead(200).end(Buffer.concat(chunks));
      } else if (words === "") {
        res.writeHead(204).end();
      } else {
        res.writeHead(400).end(JSON.stringify({ error: "invalid_request", error_description: words }));
      }
    });
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const at = (path: string) => `http://localhost:${(server.address() as AddressInfo).port}${path}`;
  await api("PATCH", `/applications/${application.id}`, { backchannelLogoutUri: at("/logout") });
  const streams = ["complex", "email", "complex"].map((format) => ({ id: newId(), format }));
  for (const { id, format } of streams) {
    await sql.query(
      `INSERT INTO signal_streams (id, application_id, delivery, events_requested, subject_format, updated_at)
       VALUES ($1, $2, 'poll', $3, $4, now())`,
      [
        ...[id, application.id],
        ["session-revoked", "token-claims-change"].map(
          (name) => `https://schemas.openid.net/secevent/caep/event-type/${name}`,
        ),
        format,
      ],
    );
  }
  const eventually = (text: string, values: readonly unknown[]) =>
    vi.waitFor(async () => expect((await sql.query(text, values)).rows).not.toEqual([]), {
      timeout: 30_000,
      interval: 50,
    });

  return {
    async hearOf(person, { rename, endSession }) {
      const name = `${person.givenName} ${person.familyName}`;
      words = `nobody here is called ${person.address}`;
      const endpoint = made.parse(
        await api("POST", "/webhook-endpoints", {
          url: at("/webhook"),
          organization: "acme",
          description: `Asked for by ${name}`,
        }),
      );
      const stream = made.parse(
        await api("POST", "/organizations/acme/audit-streams", {
          name: `SIEM of ${person.address}`,
          destination: { type: "http", url: at("/siem") },
        }),
      );
      await sql.query("INSERT INTO signal_stream_exclusions VALUES ($1, $2)", [
        streams[2]?.id,
        `email:${person.address.toLowerCase()}`,
      ]);
      await rename();
      await endSession();
      await eventually(
        `SELECT FROM webhook_attempts a JOIN webhook_deliveries d ON d.id = a.delivery_id
         WHERE d.endpoint_id = $1 AND a.response LIKE '%' || $2 || '%'`,
        [endpoint.id, person.familyName],
      );
      await eventually("SELECT FROM audit_streams WHERE id = $1 AND last_error LIKE '%' || $2 || '%'", [
        stream.id,
        person.address,
      ]);
      await eventually("SELECT FROM application_checks WHERE logout_deliveries::text LIKE '%' || $1 || '%'", [
        person.address,
      ]);
      for (const { id } of streams.slice(0, 2)) {
        await eventually(
          "SELECT FROM pending_signals WHERE stream_id = $1 AND subject::text || event::text ILIKE $2",
          [id, `%${person.address}%`],
        );
      }
      words = "";
    },
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
