import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// Built files carry their hash in the name, so that browsers may keep them for ever (src/server).
export default defineConfig({
  root: "src/web",
  base: "/",
  plugins: [react()],
  build: {
    outDir: "../../dist/web",
    emptyOutDir: true,
    assetsInlineLimit: 0, // the Content-Security-Policy takes no data: URLs
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 600,
    // Two documents: what the console is made of is no part of the setup portal's first load.
    rolldownOptions: { input: { setup: "src/web/index.html", console: "src/web/console.html" } },
  },
});
