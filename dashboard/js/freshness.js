// How old the data is. A tick is one scan; data older than two of them is marked on the whole page.

import { Unreachable } from "./api.js";
import * as format from "./format.js";
import { lateWords } from "./parts.js";

const STATS_EVERY_MS = 5_000;
const HEALTH_EVERY_MS = 15_000;
const TICKS_UNTIL_STALE = 2;
/** The scan's own bounds (TickSeconds of the template); its usual value until two ticks were seen. */
const TICK_MS = { least: 15_000, most: 60_000 };

/** "20261123T135045Z" → Unix milliseconds. */
export function tickTime(tickId) {
  const found = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(tickId ?? "");
  if (!found) return null;
  const [, year, month, day, hour, minute, second] = found.map(Number);
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

/** Emits "change" when a word of `state` changed, "second" every second. */
export class Freshness extends EventTarget {
  #api;
  #feeds;
  #tickId = null;
  #tickMs = TICK_MS.least;
  #said = "";
  stats = null;
  health = null;
  error = null;

  constructor(api, feeds) {
    super();
    this.#api = api;
    this.#feeds = feeds;
    feeds.watch("/api/stats", STATS_EVERY_MS, ({ data, error }) => {
      if (data) this.#saw(data);
      this.error = error;
      this.#look();
    });
    feeds.watch("/api/health", HEALTH_EVERY_MS, ({ data }) => {
      this.health = data ?? this.health;
      this.#look();
    });
    setInterval(() => this.#look(), 1000);
  }

  #saw(stats) {
    this.stats = stats;
    const [before, now] = [tickTime(this.#tickId), tickTime(stats.tick_id)];
    if (before && now && now > before)
      this.#tickMs = Math.min(Math.max(now - before, TICK_MS.least), TICK_MS.most);
    this.#tickId = stats.tick_id;
  }

  /** Milliseconds since the last scan was finished; null before the first. */
  get age() {
    return this.stats?.seen_at ? Math.max(0, this.#api.now() - Date.parse(this.stats.seen_at)) : null;
  }

  /** loading, down, none (no scan yet), stale or fresh. */
  get state() {
    if (this.error instanceof Unreachable) return "down";
    if (!this.stats) return this.error ? "down" : "loading";
    if (this.age === null) return "none";
    return this.age > TICKS_UNTIL_STALE * this.#tickMs ? "stale" : "fresh";
  }

  get words() {
    return {
      loading: "Asking for the last scan…",
      down: "No connection to the API",
      none: "No scan has run yet",
      stale: `Last scan ${format.span(this.age ?? 0)} ago: stale`,
      fresh: `Last scan ${format.span(this.age ?? 0)} ago`,
    }[this.state];
  }

  /** What stands above the page while it lasts: [{kind, text}]. */
  get notices() {
    const found = [];
    if (this.state === "down") {
      const words = navigator.onLine ? "The API does not answer" : "This device is offline";
      found.push({
        kind: "bad",
        text: `${words}. What you see is from before; it is asked for again by itself.`,
      });
    }
    const late = this.#feeds.late;
    if (late && this.state !== "down") {
      // whatever a view does with its own feeds: no figure goes old unmarked
      found.push({
        kind: "warn",
        text: `Figures on this page are from ${format.time(late.at)}: ${lateWords(late.error)}`,
      });
    }
    if (this.state === "stale") {
      const since = format.time(this.stats.seen_at);
      found.push({
        kind: "warn",
        text: `Stale data: no scan since ${since}, longer than two ticks. Prices and values may be wrong.`,
      });
    }
    if (this.health && !this.health.trading) {
      found.push({
        kind: "bad",
        text: "The kill switch is on: no agent starts new trades. What is open is still managed.",
      });
    }
    return found;
  }

  #look() {
    this.dispatchEvent(new Event("second"));
    const now = JSON.stringify([this.state, this.notices, this.health]);
    if (now !== this.#said) {
      this.#said = now;
      this.dispatchEvent(new Event("change"));
    }
  }
}
