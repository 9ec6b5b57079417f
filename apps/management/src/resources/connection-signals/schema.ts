import type { SignalState } from "@sallyport/idp-signals";
import { z } from "zod";
import { secureUrl, text, timestamp } from "../../api/text.ts";

const secret = z
  .string()
  .min(1)
  .max(8_192)
  .regex(/^[\x21-\x7e]+$/, "Must be visible ASCII without spaces");

/** How the gateway makes a stream at the transmitter. */
export const newSignalStream = z
  .strictObject({
    mode: z.enum(["push", "poll"]).meta({
      description:
        "`push`: the transmitter posts events to `signalEventsUri`, with a token that the gateway gives out to it (RFC 8935). `poll`: the gateway asks for them every few seconds (RFC 8936), where the transmitter cannot reach it.",
    }),
    accessToken: secret.exactOptional().meta({
      description:
        "What the transmitter is called with, as bearer token; it must be good for managing and reading the stream. Stored encrypted, never shown.",
    }),
    clientCredentials: z
      .strictObject({
        tokenEndpoint: secureUrl,
        clientId: text(1024),
        clientSecret: secret,
        scope: text(1024).exactOptional(),
      })
      .exactOptional()
      .meta({
        description:
          "In place of a token: a client that gets itself one (OAuth 2.0 client credentials, by client_secret_basic).",
      }),
  })
  .refine(
    ({ accessToken, clientCredentials }) => (accessToken === undefined) !== (clientCredentials === undefined),
    {
      path: ["accessToken"],
      message: "Give either accessToken or clientCredentials",
    },
  )
  .meta({ id: "NewConnectionSignalStream" });

export const signalState = z
  .object({
    mode: z.enum(["push", "poll"]).nullable().meta({
      description: "How events come; null: the connection's `signals` name no transmitter.",
    }),
    streamId: z.string().nullable().meta({
      description:
        "As the transmitter calls the stream that the gateway made there; null: there is none, or one that an administrator made there by hand.",
    }),
    status: z.enum(["enabled", "paused", "disabled"]).nullable().meta({
      description: "What the transmitter last said that the stream does; null: it said nothing.",
    }),
    statusReason: z.string().nullable(),
    lastReceivedAt: timestamp.nullable().meta({ description: "When an event was last taken." }),
    lastPolledAt: timestamp.nullable(),
    verificationRequestedAt: timestamp.nullable(),
    lastVerifiedAt: timestamp.nullable().meta({
      description: "When a verification event came that the gateway had asked for.",
    }),
    lastError: z
      .object({ code: z.string(), message: z.string(), at: timestamp })
      .nullable()
      .meta({ description: "What went wrong last at the transmitter; null: all went well since." }),
    transmitter: z
      .object({
        jwksUri: z.string().nullable(),
        deliveryMethods: z.array(z.string()).meta({ description: "Empty: it does not say." }),
        specVersion: z.string().nullable(),
        makesStreams: z.boolean().meta({ description: "Whether the gateway can make a stream there." }),
      })
      .nullable()
      .meta({ description: "As its configuration says of it; null: not read." }),
    checkedAt: timestamp.nullable().meta({ description: "When its configuration was last asked for." }),
  })
  .meta({ id: "ConnectionSignals" });

export function signalStateView(state: SignalState): z.input<typeof signalState> {
  const { mode, streamId, status, statusReason, lastError, transmitter } = state;
  return {
    ...{ mode, streamId, status, statusReason },
    lastReceivedAt: iso(state.lastReceivedAt),
    lastPolledAt: iso(state.lastPolledAt),
    verificationRequestedAt: iso(state.verificationRequestedAt),
    lastVerifiedAt: iso(state.lastVerifiedAt),
    lastError: lastError === null ? null : { ...lastError, at: lastError.at.toISOString() },
    transmitter:
      transmitter === null
        ? null
        : {
            jwksUri: transmitter.jwksUri ?? null,
            deliveryMethods: transmitter.deliveryMethods,
            specVersion: transmitter.specVersion ?? null,
            makesStreams: transmitter.configurationEndpoint !== undefined,
          },
    checkedAt: iso(state.checkedAt),
  };
}

function iso(date: Date | null): string | null {
  return date?.toISOString() ?? null;
}
