import { readFileSync } from "node:fs";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

/** Puts `theme.js` into the head as a blocking, hashed file: the page's policy allows no inline script. */
function themeScript(): Plugin {
  let serving = false;
  return {
    name: "theme-script",
    configResolved(config) {
      serving = config.command === "serve";
    },
    buildStart() {
      if (serving) return;
      const source = readFileSync(new URL("./src/theme.js", import.meta.url), "utf8");
      this.emitFile({ type: "asset", name: "theme.js", source });
    },
    transformIndexHtml: {
      order: "post",
      handler(_html, context) {
        const built = Object.values(context.bundle ?? {}).find(
          (file) => file.type === "asset" && file.names.includes("theme.js"),
        );
        const src = built ? `./${built.fileName}` : "./src/theme.js";
        return [{ tag: "script", attrs: { src }, injectTo: "head-prepend" }];
      },
    },
  };
}

/** Writes `.br` and `.gz` beside every text file, so that the server only has to send bytes. */
function precompress(): Plugin {
  return {
    name: "precompress",
    apply: "build",
    generateBundle: {
      order: "post",
      handler(_options, bundle) {
        for (const file of Object.values(bundle)) {
          if (!/\.(js|css|html|svg)$/.test(file.fileName)) continue;
          const bytes = Buffer.from(file.type === "chunk" ? file.code : file.source);
          if (bytes.length < 1024) continue;
          const brotli = brotliCompressSync(bytes, {
            params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
          });
          this.emitFile({ type: "asset", fileName: `${file.fileName}.br`, source: brotli });
          this.emitFile({ type: "asset", fileName: `${file.fileName}.gz`, source: gzipSync(bytes, { level: 9 }) });
        }
      },
    },
  };
}

/** What the first page needs, libraries and our own parts; what draws Markdown comes when there is some. */
const BASE = /node_modules\/(?:react|react-dom|scheduler|@tanstack)\/|\/src\/(?:lib|state|hooks|components\/ui|api\/client|components\/(?!Markdown)[A-Z]\w+\.)/;
const REGISTRY = /\/src\/(?:components\/registry|api\/(?:decisions|registeredModels|transitionRequests))/;

const server = process.env.HEADRACE_SERVER ?? "http://127.0.0.1:5000";

export default defineConfig({
  base: "./", // relative URLs work under any --static-prefix
  plugins: [react(), themeScript(), precompress()],
  build: {
    outDir: "../src/mlflow/server/ui",
    emptyOutDir: true,
    assetsDir: "static-files",
    assetsInlineLimit: 0,
    target: "es2022",
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    // What pages share is one file, not one for each set of pages that share it.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: "base", test: BASE }, { name: "registry", test: REGISTRY }] } } },
  },
  server: { proxy: { "/ajax-api": server, "/api": server, "/get-artifact": server } },
  test: { include: ["src/**/*.test.{ts,tsx}"] },
});
