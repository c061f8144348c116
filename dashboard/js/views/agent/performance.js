import { collect } from "../../api.js";
import { chart } from "../../charts.js";
import { fill, h } from "../../dom.js";
import * as format from "../../format.js";
import { empty, failure, figure, money, num, panel, skeleton } from "../../parts.js";
import { profitCurve } from "../../series.js";

const MOST_TRADES = 2000;

/** Cumulative profit and drawdown over the agent's trades, and what the API counts of them. */
export function tab(context, agentId, status) {
  const place = h("div", { class: "stack" }, skeleton(5));
  const load = async () => {
    try {
      const { items, complete } = await collect(context.api, `/api/agent/${agentId}/trades`, MOST_TRADES);
      const simulated = status.stats.simulated;
      fill(place, draw(items.filter((trade) => trade.simulated === simulated), complete, status));
    } catch (error) {
      fill(place, failure(error, load));
    }
  };
  load();
  const again = h("button", { class: "button small", on: { click: load } }, "Refresh");
  return { node: panel("Profit and loss", { end: again, note: "Realised is booked. Locked is hedged and waits for settlement. They are never added up." }, place) };
}

function draw(trades, complete, { stats }) {
  const curve = profitCurve(trades);
  const counts = h("dl", { class: "figures" },
    figure("Trades", num(String(stats.total_trades))),
    figure("Ended hedged", num(String(trades.filter((trade) => trade.state === "HEDGED" || trade.state === "FILLED").length))),
    figure("Undone", num(String(trades.filter((trade) => trade.state === "FLAT").length))),
    figure("Not taken", num(String(trades.filter((trade) => trade.state === "NOT_TAKEN").length))),
    figure("Quarantined", num(String(trades.filter((trade) => trade.state === "QUARANTINED").length))),
    extra(stats));
  if (!curve.xs.length) return [counts, empty("No trade has changed profit or loss yet.")];
  const dollars = (value) => `$${value.toFixed(2)}`;
  const { realised, locked, drawdown } = curve.last;
  return [
    counts,
    !complete && h("p", { class: "muted" }, `The newest ${format.count(trades.length, "trade")} are drawn; older ones are left out.`),
    chart({
      title: "Cumulative profit", summary: `Realised ${format.usd(realised, { sign: true })}, locked ${format.usd(locked, { sign: true })}.`,
      xs: curve.xs, y: dollars,
      series: [
        { label: "Locked", color: "second", values: curve.locked, stepped: true, fill: true },
        { label: "Realised", color: "accent", values: curve.realised, stepped: true },
      ],
    }),
    curve.realised.some((value) => value !== 0) && chart({
      title: "Drawdown of realised profit", summary: `Now ${format.usd(drawdown)}, at worst ${dollars(Math.min(0, ...curve.drawdown))}.`,
      xs: curve.xs, y: dollars, height: 140,
      series: [{ label: "Drawdown", color: "loss", values: curve.drawdown, stepped: true, fill: true }],
    }),
  ];
}

/** Statistics that the API may add, by its names; shown only when they are given. */
function extra(stats) {
  const known = [
    ["win_rate", "Win rate", (value) => num(format.percent(value))], ["profit_factor", "Profit factor", (value) => num(value)],
    ["max_drawdown", "Largest drawdown", (value) => money(value)], ["sharpe", "Sharpe, daily", (value) => num(value)],
    ["average_holding_days", "Average holding", (value) => num(`${value} days`)], ["annualised_return", "Return a year", (value) => num(format.percent(value))],
  ];
  return known.filter(([key]) => stats[key] !== undefined && stats[key] !== null).map(([key, label, write]) => figure(label, write(stats[key])));
}
