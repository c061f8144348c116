// A table that stays smooth with thousands of rows: beyond a few dozen only the visible ones are in the page.

import { h } from "./dom.js";

const PLAIN_MOST = 60;
const OVERSCAN = 8;

/**
 * columns: [{key, label, cell(row), num?, hide?: "phone"|"narrow", sort?(row)}]; rowKey(row) names a row.
 * `node` is to be placed once; `setRows` as often as data comes. `onEnd` is called near the end of the rows.
 */
export class DataTable {
  #columns;
  #rowKey;
  #onEnd;
  #rows = [];
  #order = null;
  #made = new Map();
  #height = 0;
  #queued = false;

  constructor({ caption, columns, rowKey, onEnd = null }) {
    this.#columns = columns;
    this.#rowKey = rowKey;
    this.#onEnd = onEnd;
    // roles are spelled out because phones show the rows as cards, and a table without table display has none
    this.body = h("tbody", { role: "rowgroup" });
    this.table = h(
      "table",
      { role: "table", "aria-label": caption },
      h(
        "thead",
        { role: "rowgroup" },
        h(
          "tr",
          { role: "row" },
          columns.map((column) => this.#heading(column)),
        ),
      ),
      this.body,
    );
    this.node = h(
      "div",
      { class: "table-box", role: "region", "aria-label": caption, tabindex: "0" },
      this.table,
    );
    this.node.addEventListener("scroll", () => this.#later(), { passive: true });
    new ResizeObserver(() => this.#later()).observe(this.node);
  }

  setRows(rows) {
    this.#rows = rows;
    this.#sort();
    this.#draw();
  }

  #heading(column) {
    const classes = `${column.num ? "num " : ""}${column.hide ? `hide-${column.hide}` : ""}`;
    if (!column.sort) return h("th", { role: "columnheader", scope: "col", class: classes }, column.label);
    const button = h("button", { class: "sort", type: "button" }, column.label);
    button.addEventListener("click", () => this.#sortBy(column));
    return h("th", { role: "columnheader", scope: "col", class: classes, "data-sort": column.key }, button);
  }

  #sortBy(column) {
    const down = this.#order?.column === column ? !this.#order.down : true;
    this.#order = { column, down };
    for (const cell of this.table.querySelectorAll("th[data-sort]")) {
      if (cell.dataset.sort === column.key) cell.setAttribute("aria-sort", down ? "descending" : "ascending");
      else cell.removeAttribute("aria-sort");
    }
    this.#sort();
    this.#draw();
  }

  #sort() {
    if (!this.#order) return;
    const { column, down } = this.#order;
    const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
    this.#rows = [...this.#rows].sort((a, b) => compare(column.sort(a), column.sort(b)) * (down ? -1 : 1));
  }

  #later() {
    if (this.#queued) return;
    this.#queued = true;
    requestAnimationFrame(() => {
      this.#queued = false;
      this.#draw();
    });
  }

  #draw() {
    const virtual = this.#rows.length > PLAIN_MOST;
    this.node.classList.toggle("virtual", virtual);
    this.table.setAttribute("aria-rowcount", String(this.#rows.length + 1));
    const [from, to] = virtual ? this.#window() : [0, this.#rows.length];
    const keep = document.activeElement?.closest?.("tr[data-key]")?.dataset.key;
    const rows = this.#rows.slice(from, to).map((row, i) => this.#row(row, from + i));
    const space = (count) => (virtual && count > 0 ? [this.#spacer(count)] : []);
    const wanted = [...space(from), ...rows, ...space(this.#rows.length - to)];
    if (!sameNodes(this.body.children, wanted)) this.body.replaceChildren(...wanted);
    if (keep && !this.body.contains(document.activeElement)) {
      this.body
        .querySelector(`tr[data-key="${CSS.escape(keep)}"] :is(a, button)`)
        ?.focus({ preventScroll: true });
    }
    this.#forget(rows);
    if (this.#onEnd && to >= this.#rows.length - OVERSCAN && this.node.isConnected) this.#onEnd();
  }

  #window() {
    // rows of the virtual table are equally high (css), so one measured row tells where each lies
    this.#height = this.body.querySelector("tr[data-key]")?.offsetHeight || this.#height || 44;
    const first = Math.floor(this.node.scrollTop / this.#height) - OVERSCAN;
    const from = Math.max(0, Math.min(first, this.#rows.length - 1));
    const shown = Math.ceil((this.node.clientHeight || 600) / this.#height) + 2 * OVERSCAN;
    return [from, Math.min(this.#rows.length, from + shown)];
  }

  #spacer(count) {
    const cell = h("td", { colspan: String(this.#columns.length) });
    cell.style.height = `${count * (this.#height || 44)}px`;
    return h("tr", { class: "spacer", "aria-hidden": "true" }, cell);
  }

  /** The row's element; the one that is there already while the row is the same object's content. */
  #row(row, index) {
    const key = this.#rowKey(row);
    const text = JSON.stringify(row);
    let made = this.#made.get(key);
    if (!made || made.text !== text) {
      const cells = this.#columns.map((column) =>
        h(
          "td",
          {
            role: "cell",
            class: `${column.num ? "num " : ""}${column.hide ? `hide-${column.hide}` : ""}`,
            "data-label": column.label,
          },
          column.cell(row),
        ),
      );
      made = { text, element: h("tr", { role: "row", "data-key": key }, cells) };
      this.#made.set(key, made);
    }
    made.element.setAttribute("aria-rowindex", String(index + 2));
    return made.element;
  }

  #forget(rows) {
    if (this.#made.size < 4 * Math.max(rows.length, PLAIN_MOST)) return;
    const here = new Set(rows);
    for (const [key, made] of this.#made) if (!here.has(made.element)) this.#made.delete(key);
  }
}

function sameNodes(now, wanted) {
  return now.length === wanted.length && wanted.every((node, i) => now[i] === node);
}
