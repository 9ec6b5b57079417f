import { defineConfig } from "vitest/config";

/** Sign-ins by IdPs that are no npm packages: `npm run test:interop` installs them first. Not a part of `npm test`. */
export default defineConfig({
  resolve: { conditions: ["source"] },
  ssr: { resolve: { conditions: ["source"], externalConditions: ["source"] } },
  test: {
    root: new URL("../..", import.meta.url).pathname,
    globalSetup: ["packages/platform/database/src/testing/postgres-setup.ts"],
    include: ["test/interop/**/*.interop.ts"],
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
