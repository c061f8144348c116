// Trades and positions as rows.

import { h } from "./dom.js";
import * as format from "./format.js";
import { money, moneyBadge, num, outcomeTag, stateBadge, venueTag } from "./parts.js";
import { DUST, standing } from "./series.js";
import { DataTable } from "./table.js";

const legTag = (leg) => h("span", { class: "leg" }, outcomeTag(leg.outcome), venueTag(leg.venue));
const plannedLegs = (trade) => trade.legs.filter((leg) => leg.purpose === "open" || leg.purpose === "exit");

/** "0.00 shares", red when one leg has more than the other. */
export function residual(trade) {
  const { legs, residual: rest } = standing(trade);
  if (legs.length < 2) return num(format.NONE);
  const naked = rest > DUST;
  return h(
    "span",
    {
      class: `num ${naked ? "neg strong" : ""}`,
      title: naked ? "One leg has more shares than the other: not hedged" : "Both legs agree",
    },
    `${format.shares(rest)}${naked ? " unhedged" : ""}`,
  );
}

/** Hedged shares of a pair; what a single leg holds stands against nothing, and says so. */
function sizeOf(trade) {
  const { legs, hedged } = standing(trade);
  const single = legs.length < 2;
  return [
    num(format.shares(single ? (legs[0]?.held ?? 0n) : hedged)),
    h("div", { class: "sub" }, single ? "held, one leg" : `of ${format.shares(trade.shares)}`),
  ];
}

/** How a trade that held something is over: paid by the venues, or sold before; null while it is not. */
export function endBadge(trade) {
  if (!trade.closed_at) return null;
  const paid = trade.legs.some((leg) => leg.paid !== null && leg.paid !== undefined);
  const words = paid ? "Settled" : "Sold";
  return h("span", { class: "badge good", title: `${words} ${format.dateTime(trade.closed_at)}` }, words);
}

/** `caption` names the table; `onEnd` asks for more rows. */
export function tradesTable({ caption = "Trades", onEnd = null } = {}) {
  return new DataTable({
    caption,
    onEnd,
    rowKey: (trade) => trade.trade_id,
    columns: [
      {
        key: "market",
        label: "Market",
        sort: (trade) => trade.market,
        cell: (trade) => [
          h(
            "a",
            { href: `#/trade/${trade.trade_id}`, class: "strong ellipsis", title: trade.market },
            trade.market,
          ),
          h("div", { class: "sub" }, plannedLegs(trade).map(legTag)),
        ],
      },
      { key: "mode", label: "Money", hide: "phone", cell: (trade) => moneyBadge(trade.simulated) },
      {
        key: "state",
        label: "State",
        sort: (trade) => trade.state,
        cell: (trade) => [
          endBadge(trade) ?? stateBadge(trade.state),
          trade.flag && h("span", { class: "badge bad", title: trade.flag }, "Look"),
          trade.reason && h("div", { class: "sub ellipsis", title: trade.reason }, trade.reason),
        ],
      },
      {
        key: "size",
        label: "Hedged",
        num: true,
        hide: "phone",
        cell: sizeOf,
      },
      { key: "residual", label: "Residual", num: true, hide: "narrow", cell: residual },
      {
        key: "expected",
        label: "Expected",
        num: true,
        hide: "phone",
        cell: (trade) => money(trade.expected_profit),
      },
      {
        key: "result",
        label: "Locked / realised",
        num: true,
        cell: (trade) => [
          money(trade.locked_profit),
          h("div", { class: "sub" }, money(trade.realised_profit), " realised"),
        ],
      },
      {
        key: "resolves",
        label: "Settles",
        num: true,
        hide: "narrow",
        cell: (trade) => num(format.date(trade.resolves_at)),
      },
      {
        key: "created",
        label: "Started",
        num: true,
        hide: "narrow",
        sort: (trade) => trade.created_at,
        cell: (trade) => num(format.time(trade.created_at), format.dateTime(trade.created_at)),
      },
    ],
  });
}

const STAGES = { open: "Open", resolved: "Resolved, not final", payable: "Payable" };

/** Where a position stands between the market's end and the money; `worth` is what a share pays. */
function stageOf(held) {
  if (!held.stage) return h("span", { class: "muted" }, format.NONE);
  return [
    STAGES[held.stage] ?? format.capital(held.stage),
    held.worth && h("div", { class: "sub" }, `${format.usd(held.worth)} a share`),
  ];
}

/** What is held of each outcome, as the venues count it. */
export function holdingsTable() {
  return new DataTable({
    caption: "Holdings by outcome",
    rowKey: (held) => `${held.venue}|${held.market_id}|${held.outcome}|${held.simulated}`,
    columns: [
      {
        key: "market",
        label: "Market",
        sort: (held) => held.market,
        cell: (held) => [
          h("span", { class: "strong ellipsis", title: held.market }, held.market),
          h("div", { class: "sub" }, legTag(held)),
        ],
      },
      { key: "mode", label: "Money", hide: "phone", cell: (held) => moneyBadge(held.simulated) },
      { key: "shares", label: "Shares", num: true, cell: (held) => num(format.shares(held.shares)) },
      { key: "cost", label: "Cost", num: true, hide: "phone", cell: (held) => num(format.usd(held.cost)) },
      {
        key: "value",
        label: "At the bids",
        num: true,
        cell: (held) =>
          held.value === null
            ? h("span", { class: "muted" }, "no bids for all")
            : num(format.usd(held.value)),
      },
      { key: "unrealised", label: "If sold now", num: true, cell: (held) => money(held.unrealised) },
      { key: "stage", label: "Stage", hide: "phone", cell: stageOf },
      {
        key: "opened",
        label: "Opened",
        num: true,
        hide: "narrow",
        cell: (held) => num(format.dateTime(held.opened_at)),
      },
    ],
  });
}

/** Trades that hold something or may yet; `closed_at` says when nothing was held any more. */
export const isOpen = (trade) =>
  !trade.closed_at &&
  (["RESERVED", "OPENING", "CONFIRMING", "UNWINDING", "QUARANTINED"].includes(trade.state) ||
    (["HEDGED", "FILLED"].includes(trade.state) && ("closed_at" in trade || trade.locked_profit !== "0")));
