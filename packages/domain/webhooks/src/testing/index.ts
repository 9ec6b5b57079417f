export { type Answer, type Received, type Receiver, startReceiver } from "./receiver.ts";
export { insertDelivery, insertEndpoint, type TestEndpoint } from "./rows.ts";
