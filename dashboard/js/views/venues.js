import { h } from "../dom.js";
import { bind } from "../parts.js";
import { venueCards } from "../venuehealth.js";

const EVERY_MS = 5_000;

/** Connectivity, latency, errors and breaker of each venue. */
export function view(context) {
  const box = h("div", {});
  const stop = bind(context, box, "/api/venues", EVERY_MS, ({ items }) => venueCards(context, items));
  return {
    title: "Venues",
    stop,
    node: h(
      "div",
      { class: "stack" },
      h("h1", {}, "Venues"),
      h(
        "p",
        { class: "lead" },
        "As the scan measures them at every tick. A breaker opens after repeated failures and closes by itself.",
      ),
      box,
    ),
  };
}
