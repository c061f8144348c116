// How each venue is doing, as the scan measured it.

import { h } from "./dom.js";
import * as format from "./format.js";
import { empty, num, stateBadge, term, venueTag } from "./parts.js";

const errorRate = (venue) =>
  venue.calls ? `${((100 * venue.errors) / venue.calls).toFixed(1)} %` : format.NONE;

/** What was measured, or a dash where nothing was: no figure is made up. */
const measured = (value, write) =>
  value === null || value === undefined ? h("span", { class: "muted" }, format.NONE) : num(write(value));

function card(venue, now) {
  const kind = !venue.healthy || venue.breaker === "open" ? "bad" : venue.errors > 0 ? "warn" : "good";
  return h(
    "article",
    { class: `venue-card ${kind}` },
    h(
      "header",
      {},
      venueTag(venue.venue),
      h("span", { class: `badge ${kind}` }, venue.healthy ? "Up" : "Down"),
    ),
    venue.reason && h("p", { class: "reason" }, venue.reason),
    h(
      "dl",
      { class: "terms" },
      term("Book age", measured(venue.book_age_ms, format.latency)),
      term(
        "Latency p50 / p95",
        measured(
          venue.calls ? venue : null,
          (seen) => `${format.latency(seen.latency_p50_ms)} / ${format.latency(seen.latency_p95_ms)}`,
        ),
      ),
      term("Errors", num(`${errorRate(venue)} of ${venue.calls} calls`)),
      term("Breaker", stateBadge(venue.breaker)),
      term(
        "Call limit free",
        measured(venue.rate_limit_headroom, (percent) => `${percent} %`),
      ),
      term("Clock offset", num(`${venue.clock_offset_ms} ms`.replace("-", "\u2212"))),
      term(
        "Checked",
        num(`${format.span(now - Date.parse(venue.checked_at))} ago`, format.dateTime(venue.checked_at)),
      ),
    ),
  );
}

export const venueCards = (context, venues) =>
  venues.length
    ? h(
        "div",
        { class: "cards" },
        venues.map((venue) => card(venue, context.api.now())),
      )
    : empty("No venue has been asked yet. The first scan does it.");

/** One line a venue. */
export const venueLine = (venues) =>
  venues.length
    ? h(
        "ul",
        { class: "venue-line" },
        venues.map((venue) =>
          h(
            "li",
            { class: venue.healthy ? "good" : "bad" },
            venueTag(venue.venue),
            h("span", { class: "dot", "aria-hidden": "true" }),
            h("span", {}, venue.healthy ? "up" : "down"),
            h("span", { class: "muted num" }, `p95 ${format.latency(venue.latency_p95_ms)}`),
          ),
        ),
      )
    : empty("No venue has been asked yet.");
