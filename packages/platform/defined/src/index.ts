export { type Defined, defined } from "./defined.ts";
