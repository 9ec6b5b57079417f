export { asDatadog, asSplunk, type Collected, type Collector, startCollector } from "./collector.ts";
