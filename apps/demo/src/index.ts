export { createDemo, type Demo, type DemoDeps, type DemoUrls } from "./demo.ts";
