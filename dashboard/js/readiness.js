// The gate between demo and live: what the agent's own record shows, and what is missing.

import { h } from "./dom.js";
import * as format from "./format.js";
import { figure, num } from "./parts.js";

/** The API's answer as it stands: a verdict, figures, and what is missing. */
export function readiness(answer) {
  const { ready, missing = [], ...figures } = answer;
  return h("div", { class: "stack tight" },
    h("p", {}, h("span", { class: `badge ${ready ? "good" : "warn"}` }, ready ? "Ready" : "Not ready"),
      ready ? " The record is evidence enough." : " The record is not evidence enough yet."),
    missing.length > 0 && h("ul", {}, missing.map((one) => h("li", {}, typeof one === "string" ? one : Object.values(one).join(": ")))),
    h("dl", { class: "figures" }, Object.entries(figures)
      .filter(([, value]) => ["string", "number", "boolean"].includes(typeof value))
      .map(([name, value]) => figure(format.capital(name.replaceAll("_", " ")), num(String(value))))));
}
