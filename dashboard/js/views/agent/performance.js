import { collect, NotServed } from "../../api.js";
import { chart } from "../../charts.js";
import { fill, h } from "../../dom.js";
import * as format from "../../format.js";
import { bind, empty, failure, figure, money, num, panel, skeleton } from "../../parts.js";
import { dayCurve, profitCurve } from "../../series.js";
import { settlementsTable } from "../../settlements.js";

const MOST_TRADES = 2000;
const EVERY_MS = 30_000;
const NOTE =
  "A hedged pair counts as one, on the day on which its last leg is paid. What is locked waits for that, and is never added.";

/** Statistics, profit and drawdown by day, what was paid out, and the trades' own curve. */
export function tab(context, agentId, status) {
  const statistics = h("div", { class: "stack" }, skeleton(4));
  const paid = h("div", {});
  const table = settlementsTable();
  const stops = [
    context.feeds.watch(`/api/agent/${agentId}/performance`, EVERY_MS, ({ data, error }) => {
      if (data) fill(statistics, byDay(data));
      else if (error instanceof NotServed) fill(statistics, counts(status.stats));
      else if (error)
        fill(
          statistics,
          failure(error, () => context.feeds.refresh("/api/agent/")),
        );
    }),
    bind(context, paid, `/api/agent/${agentId}/settlements?limit=100`, EVERY_MS, ({ items }) => {
      table.setRows(items);
      return items.length ? table.node : empty("No market has paid out yet.");
    }),
  ];
  const curve = h("div", { class: "stack" }, skeleton(4));
  const load = () => drawTrades(context, agentId, status, curve, load);
  load();
  const again = h("button", { class: "button small", on: { click: load } }, "Refresh");
  return {
    node: [
      panel("Profit and loss", { note: NOTE }, statistics),
      panel("By trade", { end: again }, curve),
      panel("Payouts", {}, paid),
    ],
    stop: () => stops.forEach((stop) => stop()),
  };
}

const counts = (stats) =>
  h(
    "dl",
    { class: "figures" },
    figure("Trades", num(String(stats.total_trades))),
    figure("Realised", money(stats.total_profit)),
    figure("Locked", money(stats.locked_profit)),
    figure("Fees", num(format.usd(stats.fees))),
  );

function byDay({ statistics: s, days, capital_locked: capital }) {
  const ratio = (value) => num(value === null ? format.NONE : format.fixed(value, 2));
  const figures = h(
    "dl",
    { class: "figures" },
    figure("Closed trades", num(String(s.closed_trades)), `${s.wins} won, ${s.losses} lost`),
    figure("Win rate", num(format.percent(s.win_rate))),
    figure("Profit factor", ratio(s.profit_factor), "won over lost"),
    figure("Expectancy", money(s.expectancy), "a closed trade"),
    figure("Largest drawdown", num(format.usd(s.max_drawdown))),
    figure("Sharpe", ratio(s.sharpe), "yearly, from days"),
    figure("Return a year", num(format.percent(s.annual_return)), "on money tied up"),
    figure(
      "Average holding",
      num(s.average_holding_seconds === null ? format.NONE : format.span(1000 * s.average_holding_seconds)),
    ),
    figure("Tied up", num(format.usd(capital)), "cost of what is open"),
  );
  const curve = dayCurve(days);
  if (days.length < 2)
    return [figures, empty("The curve by day begins with the second day that has a trade or a payout.")];
  return [
    figures,
    lines(
      "Result by day",
      `Made ${format.usd(curve.last.result, { sign: true })} in ${format.count(days.length, "day")}.`,
      curve,
      "result",
      "Result",
      "accent",
    ),
    lines("Drawdown", `Now ${format.usd(curve.last.drawdown)}.`, curve, "drawdown", "Drawdown", "loss", 140),
  ];
}

async function drawTrades(context, agentId, status, place, again) {
  try {
    const { items, complete } = await collect(context.api, `/api/agent/${agentId}/trades`, MOST_TRADES);
    const trades = items.filter((trade) => trade.simulated === status.stats.simulated);
    fill(place, byTrade(trades, complete));
  } catch (error) {
    fill(place, failure(error, again));
  }
}

function byTrade(trades, complete) {
  const curve = profitCurve(trades);
  const how = (...states) => num(String(trades.filter((trade) => states.includes(trade.state)).length));
  const ends = h(
    "dl",
    { class: "figures" },
    figure("Hedged or filled", how("HEDGED", "FILLED")),
    figure("Undone", how("FLAT")),
    figure("Not taken", how("NOT_TAKEN")),
    figure("Quarantined", how("QUARANTINED")),
  );
  if (!curve.xs.length) return [ends, empty("No trade has a result yet.")];
  return [
    ends,
    !complete &&
      h(
        "p",
        { class: "muted" },
        `The newest ${format.count(trades.length, "trade")} are drawn; older ones are left out.`,
      ),
    lines(
      "Cumulative result of trades",
      `Made ${format.usd(curve.last.result, { sign: true })}.`,
      curve,
      "result",
      "Result",
      "accent",
    ),
    lines(
      "Drawdown",
      `Now ${format.usd(curve.last.drawdown)}, at worst ${dollars(Math.min(0, ...curve.drawdown))}.`,
      curve,
      "drawdown",
      "Drawdown",
      "loss",
      140,
    ),
  ];
}

const dollars = (value) => `${value < 0 ? "-" : ""}$${Math.abs(value).toFixed(2)}`;

const lines = (title, summary, curve, name, label, color, height = undefined) =>
  chart({
    title,
    summary,
    xs: curve.xs,
    y: dollars,
    height,
    series: [{ label, color, values: curve[name], stepped: true, fill: true }],
  });
