import { collect } from "../../api.js";
import { csv, download } from "../../csv.js";
import { fill, h } from "../../dom.js";
import * as format from "../../format.js";
import { empty, failure, panel, skeleton } from "../../parts.js";
import { toast } from "../../toast.js";
import { tradesTable } from "../../trades.js";

const EVERY_MS = 7_500;
const COLUMNS = [
  ["trade_id", (trade) => trade.trade_id],
  ["started", (trade) => trade.created_at],
  ["ended", (trade) => trade.updated_at],
  ["market", (trade) => trade.market],
  ["direction", (trade) => trade.direction],
  ["state", (trade) => trade.state],
  ["reason", (trade) => trade.reason],
  ["simulated", (trade) => trade.simulated],
  ["shares", (trade) => trade.shares],
  ["expected_cost", (trade) => trade.expected_cost],
  ["expected_profit", (trade) => trade.expected_profit],
  ["locked_profit", (trade) => trade.locked_profit],
  ["realised_profit", (trade) => trade.realised_profit],
  ["fees", (trade) => trade.fees],
  ["resolves", (trade) => trade.resolves_at],
];

/** Every trade, newest first, read page by page; the newest page is kept fresh. */
export function tab(context, agentId) {
  const path = `/api/agent/${agentId}/trades`;
  const rows = new Map();
  let cursor = null;
  let reading = false;
  const place = h("div", {}, skeleton());
  const table = tradesTable({ caption: "All trades", onEnd: () => more() });
  const draw = () => {
    const all = [...rows.values()].sort((a, b) => b.created_at.localeCompare(a.created_at));
    table.setRows(all);
    fill(place, all.length ? table.node : empty("This agent has not traded yet."));
  };
  async function more() {
    if (reading || !cursor?.next) return;
    reading = true;
    try {
      const { data } = await context.api.get(`${path}?limit=100&cursor=${encodeURIComponent(cursor.next)}`);
      cursor = { next: data.next_cursor };
      for (const trade of data.items) rows.set(trade.trade_id, trade);
      reading = false;
      draw();
    } catch {
      cursor = null;
    } finally {
      reading = false;
    }
  }
  const stop = context.feeds.watch(`${path}?limit=100`, EVERY_MS, ({ data, error }) => {
    if (!data) {
      if (error)
        fill(
          place,
          failure(error, () => context.feeds.refresh(path)),
        );
      return;
    }
    for (const trade of data.items) rows.set(trade.trade_id, trade);
    cursor ??= { next: data.next_cursor };
    draw();
  });
  const save = h(
    "button",
    { class: "button small", on: { click: () => exportAll(context, path, agentId) } },
    "Export CSV",
  );
  return { node: panel("Trades", { end: save }, place), stop };
}

async function exportAll(context, path, agentId) {
  try {
    const { items, complete } = await collect(context.api, path);
    download(`trades-${agentId}.csv`, csv(COLUMNS, items));
    toast(
      `${format.count(items.length, "trade")} exported${complete ? "" : ", older ones left out"}.`,
      "good",
    );
  } catch (error) {
    toast(error.message, "bad");
  }
}
