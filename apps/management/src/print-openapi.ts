import { openApiDocument } from "./api/openapi.ts";
import { endpointsOf } from "./resources/index.ts";

// The document that `/api/openapi.json` serves, for what is generated from it at build time.

const unavailable = () => Promise.reject(new Error("Only described here"));
const signingKeys = { rotate: unavailable, distrust: unavailable };
process.stdout.write(JSON.stringify(openApiDocument(endpointsOf({ signingKeys }), "http://localhost:8080")));
