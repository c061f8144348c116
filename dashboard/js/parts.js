// Small pieces that every view uses: badges, panels with their states, figures.

import { decimal } from "./amount.js";
import { NotServed, SignedOut, Unreachable } from "./api.js";
import { fill, h, uid } from "./dom.js";
import * as format from "./format.js";
import { moneyWords, site } from "./site.js";

/** Whose money this is. `simulated` comes from the API with every amount. */
export function moneyBadge(simulated) {
  const kind = simulated ? "demo" : site.simulatedData ? "simulated" : "live";
  return h("span", { class: `badge ${kind}`, title: moneyWords(simulated) }, simulated ? "Demo" : "Live");
}

const STATE_KINDS = {
  active: "good",
  paused: "warn",
  inactive: "quiet",
  closing: "warn",
  halted: "bad",
  HEDGED: "good",
  FILLED: "good",
  FLAT: "quiet",
  NOT_TAKEN: "quiet",
  QUARANTINED: "bad",
  RESERVED: "busy",
  OPENING: "busy",
  CONFIRMING: "busy",
  UNWINDING: "warn",
  PLANNED: "quiet",
  SUBMITTING: "busy",
  ACKED: "busy",
  UNKNOWN: "warn",
  PARTIAL: "warn",
  CANCELLED: "quiet",
  REJECTED: "bad",
  CONFIRMED: "good",
  FAILED: "bad",
  taken: "good",
  eligible: "busy",
  rejected: "quiet",
  approved: "good",
  proposed: "busy",
  unsure: "warn",
  blocked: "bad",
  closed: "good",
  open: "bad",
  "half-open": "warn",
};

export function stateBadge(state) {
  const words = format.capital(String(state).toLowerCase().replaceAll("_", " "));
  return h("span", { class: `badge ${STATE_KINDS[state] ?? "quiet"}` }, words);
}

/** Whether there is a page of what was traded: events and single markets are subjects too, but no pairs. */
export const isPair = (subject) => subject.startsWith("pair_");

/** A pair's status; "closed" is no alarm and no success there, as it is of a circuit breaker. */
export const pairBadge = (status) =>
  status === "closed" ? h("span", { class: "badge quiet" }, "Closed") : stateBadge(status);

export function venueTag(venue) {
  return h("span", { class: `venue ${venue}` }, format.venueName(venue));
}

/** "YES on Kalshi + NO on Polymarket" of a direction; an event bought whole names no venue ("all:yes"). */
export function directionOf(direction) {
  if (direction.startsWith("all:"))
    return h("span", { class: "legs" }, outcomeTag(direction.slice(4)), "of every outcome");
  const legs = format.legsOf(direction);
  return legs.length
    ? h(
        "span",
        { class: "legs" },
        legs.map((leg) => [outcomeTag(leg.outcome), venueTag(leg.venue)]),
      )
    : format.NONE;
}

export const outcomeTag = (outcome) => h("span", { class: `outcome ${outcome}` }, outcome.toUpperCase());

/** An amount of dollars with its sign's colour; hover shows all six decimals. */
export function money(amount, { sign = true } = {}) {
  const kind = ["neg", "", "pos"][format.signOf(amount) + 1];
  return h("span", { class: `num ${sign ? kind : ""}`, title: exact(amount) }, format.usd(amount, { sign }));
}

function exact(amount) {
  if (amount === null || amount === undefined) return null;
  return `${typeof amount === "bigint" ? decimal(amount) : amount} USD`;
}

export const num = (text, title = null) => h("span", { class: "num", title }, text);

/** A labelled figure. `note` stands below in small. */
export function figure(label, value, note = null) {
  return h(
    "div",
    { class: "figure" },
    h("dt", {}, label),
    h("dd", {}, value),
    note && h("dd", { class: "note" }, note),
  );
}

/** Used of a limit, both as numbers for the width and as text for the reader. */
export function meter(label, used, limit, text) {
  const share = limit > 0 ? Math.min(Math.max(used / limit, 0), 1) : 0;
  const bar = h("span", { class: `meter ${share >= 1 ? "full" : share >= 0.8 ? "high" : ""}` });
  const inside = h("span", {});
  inside.style.width = `${share * 100}%`;
  bar.append(inside);
  bar.setAttribute("role", "meter");
  bar.setAttribute("aria-label", label);
  bar.setAttribute("aria-valuemin", "0");
  bar.setAttribute("aria-valuemax", String(limit || 1));
  bar.setAttribute("aria-valuenow", String(Math.max(0, Math.min(used, limit || 1))));
  bar.setAttribute("aria-valuetext", text);
  return bar;
}

/** A section with a heading; `end` stands at the heading's right. */
export function panel(title, { end = null, note = null, level = "h2", wide = false } = {}, ...children) {
  const id = uid("panel");
  return h(
    "section",
    { class: `panel${wide ? " wide" : ""}`, "aria-labelledby": id },
    h(
      "header",
      { class: "panel-head" },
      h(level, { id }, title),
      end && h("div", { class: "panel-end" }, end),
    ),
    note && h("p", { class: "panel-note" }, note),
    children,
  );
}

export const empty = (text, ...more) => h("div", { class: "empty" }, h("p", {}, text), more);

export function skeleton(lines = 3) {
  return h(
    "div",
    { class: "skeleton", role: "status" },
    h("span", { class: "hidden-text" }, "Loading"),
    Array.from({ length: lines }, () => h("span", { "aria-hidden": "true" })),
  );
}

/** What to show instead of data that did not come. */
export function failure(error, again) {
  if (error instanceof NotServed) {
    return h(
      "div",
      { class: "empty unavailable" },
      h("p", {}, "Not available on this stack."),
      h("p", { class: "muted" }, error.message),
    );
  }
  const words = error instanceof SignedOut ? "Sign in to see this." : error.message;
  return h(
    "div",
    { class: "empty failed", role: "alert" },
    h("p", {}, words),
    again &&
      !(error instanceof SignedOut) &&
      h("button", { class: "button small", on: { click: again } }, "Try again"),
  );
}

/**
 * Keeps `container` showing a feed: loading, error, empty or `render(data)`. An error after data leaves the
 * data where it is and says when it is from. Returns the function that ends it.
 */
export function bind(context, container, path, every, render) {
  let shown = null;
  const late = h("p", { class: "late", hidden: true });
  return context.feeds.watch(path, every, ({ data, error, at }) => {
    const again = () => context.feeds.refresh(path);
    if (data === null) {
      shown = null;
      fill(container, error ? failure(error, again) : skeleton());
      return;
    }
    late.hidden = !error;
    late.textContent = error ? `${lateWords(error)} Showing ${format.time(at)}.` : "";
    if (shown !== data) fill(container, render(data), late);
    shown = data;
  });
}

/** Why data is old. */
export const lateWords = (error) =>
  error instanceof Unreachable ? error.message : `The latest update failed (${error.message}).`;

/** Tabs as links with the current one marked. */
export function subnav(label, items, current) {
  return h(
    "nav",
    { class: "subnav", "aria-label": label },
    items.map(([key, text, href]) =>
      h(
        "a",
        { href, "aria-current": key === current ? "page" : null, "data-key": `tab-${key}` },
        format.capital(text),
      ),
    ),
  );
}

/** A label and a value in a description list. */
export const term = (label, ...value) => [h("dt", {}, label), h("dd", {}, value)];
