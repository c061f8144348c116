// The strip of figures: of one agent, or of all agents of one kind of money. Kinds are never added up.

import { toNumber } from "./amount.js";
import { h } from "./dom.js";
import * as format from "./format.js";
import { figure, meter, money, moneyBadge, num, venueTag } from "./parts.js";
import { moneyWords } from "./site.js";

/** `figures` as portfolio.sums gives them. */
export function kpiStrip(figures, simulated) {
  const f = figures;
  return h(
    "section",
    { class: "kpis", "aria-label": simulated ? "Figures, demo money" : "Figures, real money" },
    h("div", { class: "kpi-mode" }, moneyBadge(simulated), moneyWords(simulated)),
    h(
      "dl",
      {},
      figure("Realised", money(f.realised), "paid out or closed, each leg"),
      figure("Locked", money(f.locked), "until settlement"),
      figure("Unrealised", money(f.unrealised), unrealisedNote(f)),
      figure("Fees", num(format.usd(f.fees)), "paid so far"),
      figure("Today", money(f.today), [
        meter(
          "Loss of today against the daily limit",
          lossOf(f.today),
          toNumber(f.dailyLoss),
          `${format.usd(f.today)} of a limit of ${format.usd(f.dailyLoss)} loss`,
        ),
        `loss limit ${format.usd(f.dailyLoss)}`,
      ]),
      figure("Trades today", num(String(f.trades)), [
        meter("Trades of today against the limit", f.trades, f.maxTrades, `${f.trades} of ${f.maxTrades}`),
        `of ${f.maxTrades}`,
      ]),
      figure("At work", num(format.usd(f.exposure)), [
        meter(
          "Open positions against the limit",
          toNumber(f.exposure),
          toNumber(f.cap),
          `${format.usd(f.exposure)} of ${format.usd(f.cap)}`,
        ),
        `of ${format.usd(f.cap)}`,
      ]),
      h(
        "div",
        { class: "figure cash" },
        h("dt", {}, "Free cash"),
        f.budgets.length
          ? f.budgets.map((one) =>
              h("dd", { class: "cash-row" }, venueTag(one.venue), num(format.usd(one.available))),
            )
          : h("dd", {}, format.NONE),
      ),
    ),
  );
}

const lossOf = (today) => Math.max(0, -toNumber(today));

function unrealisedNote(f) {
  if (f.unhedgedOnly) return "unhedged, at bids";
  return f.unpriced ? `${format.count(f.unpriced, "position")} without bids` : "if sold at the bids";
}
