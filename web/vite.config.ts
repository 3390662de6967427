// SPDX-License-Identifier: AGPL-3.0-only
import preact from "@preact/preset-vite";
import { defineConfig, type Plugin } from "vite";

/**
 * The page may run its own scripts and nothing else. Observable Plot puts one style element into
 * each chart: its text never changes for a pinned version, so its hash admits it.
 * `connect-src` names schemes, not hosts: the holder chooses the RPC node, after the page is built.
 */
const PLOT_STYLE = "sha256-5y1BdrpsL7IC+X4IUq/3d61nSFr8yCpNubvrQPWpQSU=";
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  `style-src 'self' '${PLOT_STYLE}'`,
  "img-src 'self' data:",
  "connect-src 'self' http: https:",
  "base-uri 'none'",
  "form-action 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join("; ");

function contentSecurityPolicy(): Plugin {
  return {
    name: "content-security-policy",
    apply: "build",
    transformIndexHtml: () => [
      {
        tag: "meta",
        attrs: { "http-equiv": "Content-Security-Policy", content: POLICY },
        injectTo: "head-prepend",
      },
    ],
  };
}

export default defineConfig({
  base: "./",
  plugins: [preact(), contentSecurityPolicy()],
  build: { target: "es2022", modulePreload: { polyfill: false }, assetsInlineLimit: 0 },
});
