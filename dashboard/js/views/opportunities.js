// All that the scan saw: the newest tick, or its history, which is read page by page while scrolling.

import { fill, h } from "../dom.js";
import * as format from "../format.js";
import { keyOf, newestTick, opportunityTable } from "../opportunities.js";
import { empty, failure, skeleton } from "../parts.js";

const PATH = "/api/opportunities?limit=100";
const EVERY_MS = 7_500;
const MOST_ROWS = 5000;
const VERDICTS = ["all", "taken", "eligible", "rejected"];

export function view(context) {
  const page = new Page(context);
  return { title: "Opportunities", node: page.node, stop: () => page.stop() };
}

class Page {
  #context;
  #rows = new Map();
  #newest = [];
  #cursor = null;
  #reading = false;
  #history = false;
  #verdict = "all";
  #words = "";
  #box = h("div", {}, skeleton(6));
  #count = h("span", { class: "muted num", role: "status" });
  #table;

  constructor(context) {
    this.#context = context;
    this.#table = opportunityTable(context, { onEnd: () => this.#more() });
    this.stop = context.feeds.watch(PATH, EVERY_MS, (state) => this.#saw(state));
    this.node = h(
      "div",
      { class: "stack" },
      h("h1", {}, "Opportunities"),
      h(
        "p",
        { class: "lead" },
        "Each pair in each direction, at every scan: taken, eligible (it pays, and nobody took it), or rejected with the reason.",
      ),
      this.#controls(),
      this.#box,
    );
  }

  #controls() {
    const scope = (text, history) => {
      const input = h("input", { type: "radio", name: "scope", checked: history === this.#history });
      input.addEventListener("change", () =>
        this.#change(() => {
          this.#history = history;
        }),
      );
      return h("label", {}, input, h("span", {}, text));
    };
    const verdict = (name) => {
      const input = h("input", { type: "radio", name: "verdict", checked: name === "all" });
      input.addEventListener("change", () =>
        this.#change(() => {
          this.#verdict = name;
        }),
      );
      return h("label", {}, input, h("span", {}, format.capital(name)));
    };
    const search = h("input", {
      type: "search",
      placeholder: "Market, venue or reason",
      "aria-label": "Search opportunities",
    });
    search.addEventListener("input", () =>
      this.#change(() => {
        this.#words = search.value.trim().toLowerCase();
      }),
    );
    return h(
      "div",
      { class: "controls" },
      h(
        "fieldset",
        { class: "segments" },
        h("legend", { class: "hidden-text" }, "Span"),
        scope("Last scan", false),
        scope("History", true),
      ),
      h(
        "fieldset",
        { class: "segments" },
        h("legend", { class: "hidden-text" }, "Verdict"),
        VERDICTS.map(verdict),
      ),
      search,
      this.#count,
    );
  }

  #change(apply) {
    apply();
    this.#table.node.scrollTop = 0;
    this.#draw();
  }

  #saw({ data, error }) {
    if (!data) {
      if (error)
        fill(
          this.#box,
          failure(error, () => this.#context.feeds.refresh(PATH)),
        );
      return;
    }
    this.#newest = newestTick(data.items);
    this.#add(data.items);
    this.#cursor ??= { next: data.next_cursor };
    this.#draw();
  }

  #add(items) {
    for (const row of items) this.#rows.set(keyOf(row), row);
  }

  async #more() {
    if (!this.#history || this.#reading || !this.#cursor?.next || this.#rows.size >= MOST_ROWS) return;
    this.#reading = true;
    try {
      const { data } = await this.#context.api.get(`${PATH}&cursor=${encodeURIComponent(this.#cursor.next)}`);
      this.#cursor = { next: data.next_cursor };
      this.#add(data.items);
      this.#reading = false;
      this.#draw();
    } catch {
      this.#cursor = null; // the next answer of the feed starts the history anew
    } finally {
      this.#reading = false;
    }
  }

  #draw() {
    const all = this.#history
      ? [...this.#rows.values()].sort((a, b) => (a.tick_id < b.tick_id ? 1 : a.tick_id > b.tick_id ? -1 : 0))
      : this.#newest;
    const rows = all.filter((row) => this.#fits(row));
    this.#count.textContent = `${format.count(rows.length, "row")}${this.#history && this.#cursor?.next ? ", more while you scroll" : ""}`;
    this.#table.setRows(rows);
    if (rows.length && !this.#box.contains(this.#table.node)) fill(this.#box, this.#table.node);
    if (!rows.length)
      fill(
        this.#box,
        empty(
          all.length
            ? "Nothing matches."
            : "No opportunity has been seen yet. A scan runs every few seconds.",
        ),
      );
  }

  #fits(row) {
    if (this.#verdict !== "all" && row.verdict !== this.#verdict) return false;
    return !this.#words || `${row.market} ${row.direction} ${row.reason}`.toLowerCase().includes(this.#words);
  }
}
