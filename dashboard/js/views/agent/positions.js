import { h } from "../../dom.js";
import { bind, empty, panel, skeleton } from "../../parts.js";
import { holdingsTable, isOpen, tradesTable } from "../../trades.js";

const EVERY_MS = 7_500;

/** Open trades with both legs, and what is held of each outcome. */
export function tab(context, agentId) {
  const open = tradesTable({ caption: "Open trades" });
  const held = holdingsTable();
  const trades = h("div", {}, skeleton());
  const holdings = h("div", {});
  const stops = [
    bind(context, trades, `/api/agent/${agentId}/trades?limit=100`, EVERY_MS, ({ items }) => {
      const rows = items.filter(isOpen);
      open.setRows(rows);
      return rows.length
        ? open.node
        : empty("Nothing is open. A trade appears when this agent takes an opportunity.");
    }),
    bind(context, holdings, `/api/agent/${agentId}/positions`, EVERY_MS, ({ items }) => {
      held.setRows(items);
      return items.length ? held.node : empty("No shares are held.");
    }),
  ];
  return {
    node: [
      panel(
        "Open trades",
        {
          note: "The stop loss concerns the residual of a pair, not its hedged part: that pays a dollar a share whatever happens.",
        },
        trades,
      ),
      panel(
        "Holdings by outcome",
        {
          note: "At the bids of the latest stored books, net of fees. What is hedged pays more held than sold.",
        },
        holdings,
      ),
    ],
    stop: () => stops.forEach((stop) => stop()),
  };
}
