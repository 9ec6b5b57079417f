import { IncomingMessage, ServerResponse } from "node:http";
import type { Express } from "express";

/** Of what a server makes its requests and responses. */
export interface MessageTypes {
  readonly IncomingMessage: typeof IncomingMessage;
  readonly ServerResponse: typeof ServerResponse;
}

/** Node's own, as types that an application can adopt later. */
export function createMessageTypes(): MessageTypes {
  return {
    IncomingMessage: class extends IncomingMessage {},
    ServerResponse: class<Request extends IncomingMessage> extends ServerResponse<Request> {},
  };
}

/**
 * Has each request and response made with the prototype that Express gives it. Express sets it on every one that comes,
 * and adds properties of its own: V8 then makes new hidden classes for each single request, and every access to it from
 * there on misses the inline caches, which took as long as all else that HTTP costs here. What has its prototype
 * already is left alone.
 */
export function adoptMessageTypes(app: Express, { IncomingMessage, ServerResponse }: MessageTypes): void {
  Object.setPrototypeOf(IncomingMessage.prototype, app.request);
  Object.setPrototypeOf(ServerResponse.prototype, app.response);
  Object.assign(app, { request: IncomingMessage.prototype, response: ServerResponse.prototype });
}
