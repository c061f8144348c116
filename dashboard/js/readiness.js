// The gate between demo and live: what the agent's own record shows, and what is missing.

import { h } from "./dom.js";

/** The API's verdict and its checklist, line by line. */
export function readiness({ ready, checks }) {
  return h(
    "div",
    { class: "stack tight" },
    h(
      "p",
      {},
      h("span", { class: `badge ${ready ? "good" : "warn"}` }, ready ? "Ready" : "Not ready"),
      ready ? " The record is evidence enough." : " The record is not evidence enough yet.",
    ),
    h(
      "ul",
      { class: "checks" },
      checks.map((check) =>
        h(
          "li",
          {},
          h("span", { class: `badge ${check.passed ? "good" : "warn"}` }, check.passed ? "Met" : "Missing"),
          h(
            "span",
            { class: "what" },
            h("strong", {}, check.name),
            !check.passed && check.missing && h("span", { class: "sub" }, ` ${check.missing}`),
          ),
          h("span", { class: "num" }, check.actual, h("span", { class: "muted" }, ` of ${check.required}`)),
        ),
      ),
    ),
  );
}
