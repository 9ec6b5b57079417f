export { type ClickhouseReceiver, type Row, startClickhouseReceiver } from "./receiver.ts";
