// One trade: what was expected, what each leg stands at, every order, fill and event with its latency.

import { h } from "../dom.js";
import * as format from "../format.js";
import {
  bind,
  empty,
  figure,
  isPair,
  money,
  moneyBadge,
  num,
  outcomeTag,
  panel,
  stateBadge,
  term,
  venueTag,
} from "../parts.js";
import { costOf, standing } from "../series.js";
import { moneyWords } from "../site.js";
import { endBadge, residual } from "../trades.js";

const EVERY_MS = 3_000;
/** Where a transaction can be looked up: Polymarket settles on Polygon, Limitless on Base. */
const EXPLORERS = { polymarket: "https://polygonscan.com/tx/", limitless: "https://basescan.org/tx/" };

export function view(context, tradeId) {
  const box = h("div", {});
  const stop = bind(context, box, `/api/trade/${tradeId}`, EVERY_MS, (trade) => {
    document.title = `${trade.market} · Dutchbook`;
    return h(
      "div",
      { class: "stack" },
      heading(trade),
      figures(trade),
      h("div", { class: "halves" }, panel("Legs", {}, legs(trade)), panel("Timeline", {}, timeline(trade))),
      panel("Orders and fills", {}, orders(trade)),
    );
  });
  return { title: "Trade", node: box, stop };
}

function heading(trade) {
  return h(
    "div",
    { class: "stack tight" },
    h(
      "nav",
      { class: "crumbs", "aria-label": "Breadcrumb" },
      h("a", { href: `#/agent/${trade.agent_id}/trades` }, `Agent ${format.short(trade.agent_id, 8)}`),
      " / ",
      h("span", { class: "mono" }, format.short(trade.trade_id, 8)),
    ),
    h(
      "div",
      { class: "page-head" },
      h("h1", {}, trade.market),
      h("span", { class: "badges" }, moneyBadge(trade.simulated), stateBadge(trade.state), endBadge(trade)),
    ),
    trade.flag && h("p", { class: "notice bad" }, trade.flag),
    trade.reason && h("p", { class: "reason" }, trade.reason),
    trade.mode_reason && h("p", { class: "muted" }, `Simulated because ${trade.mode_reason}.`),
    isPair(trade.pair_id) &&
      h("p", {}, h("a", { href: `#/pair/${trade.pair_id}` }, "Both markets, their rules and books")),
  );
}

function figures(trade) {
  const { legs, hedged } = standing(trade);
  const single = legs.length < 2;
  return h(
    "section",
    { class: "kpis", "aria-label": "Figures of this trade" },
    h("div", { class: "kpi-mode" }, moneyBadge(trade.simulated), moneyWords(trade.simulated)),
    h(
      "dl",
      {},
      figure("Expected", money(trade.expected_profit), "net, at the start"),
      figure("Locked", money(trade.locked_profit), "until settlement"),
      figure("Realised", money(trade.realised_profit), "paid out or closed"),
      figure("Cost", num(format.usd(costOf(trade))), "fees in"),
      figure("Fees", num(format.usd(trade.fees)), "in dollars"),
      single
        ? figure("Held", num(format.shares(legs[0]?.held ?? 0n)), "one leg, not hedged")
        : figure("Hedged", num(format.shares(hedged)), `of ${format.shares(trade.shares)} shares`),
      figure("Residual", residual(trade), "shares unhedged"),
      figure(
        "Settles",
        num(format.date(trade.resolves_at)),
        trade.closed_at ? `closed ${format.dateTime(trade.closed_at)}` : "as the venues say",
      ),
    ),
  );
}

function legs(trade) {
  return h(
    "ol",
    { class: "legs-list" },
    standing(trade).legs.map(({ leg, held }) =>
      h(
        "li",
        {},
        h("p", { class: "leg-head" }, outcomeTag(leg.outcome), venueTag(leg.venue), stateBadge(leg.state)),
        h(
          "dl",
          { class: "terms" },
          term("Held", num(`${format.shares(held)} shares`)),
          term("Average price", num(format.price(leg.average_price))),
          term("Limit", num(format.price(leg.limit_price))),
          term("Cost before fees", num(format.usd(leg.notional))),
          term(
            "Fee",
            num(
              leg.fee_shares === "0"
                ? format.usd(leg.fee_usd)
                : `${format.usd(leg.fee_usd)} and ${format.shares(leg.fee_shares)} shares`,
            ),
          ),
          leg.purpose === "open" &&
            term(
              "Redeemed",
              leg.paid === null || leg.paid === undefined
                ? h(
                    "span",
                    { class: "muted" },
                    trade.closed_at ? "sold before" : "not yet: its market is open",
                  )
                : num(`${format.usd(leg.paid)} a share`),
            ),
          term(
            "Market",
            h("span", { class: "mono", title: leg.market_id }, format.short(leg.market_id, 22, 6)),
          ),
        ),
      ),
    ),
  );
}

function timeline(trade) {
  if (!trade.timeline.length) return empty("Nothing has happened yet.");
  const start = Date.parse(trade.timeline[0].at);
  let before = start;
  return h(
    "ol",
    { class: "timeline" },
    trade.timeline.map(({ at, what }) => {
      const moment = Date.parse(at);
      const step = moment - before;
      before = moment;
      return h(
        "li",
        {},
        h("time", { datetime: at, class: "num" }, format.time(at)),
        h("span", {}, inWords(what)),
        h("span", { class: "num muted" }, `+${format.latency(step)}`),
      );
    }),
  );
}

/** "leg 0 on kalshi: PARTIAL" as a person writes it. */
const inWords = (what) =>
  format.capital(
    what
      .replace(/\b(kalshi|polymarket|limitless)\b/g, format.venueName)
      .replace(/\b[A-Z_]{4,}\b/g, (state) => state.toLowerCase().replaceAll("_", " ")),
  );

function orders(trade) {
  return h(
    "div",
    { class: "table-box", tabindex: "0", role: "region", "aria-label": "Orders" },
    h(
      "table",
      { role: "table", "aria-label": "Orders" },
      h(
        "thead",
        { role: "rowgroup" },
        h(
          "tr",
          { role: "row" },
          ["Order", "For", "State", "Asked", "Filled", "Latency", "On chain"].map((text, i) =>
            h("th", { role: "columnheader", scope: "col", class: i > 2 && i < 6 ? "num" : "" }, text),
          ),
        ),
      ),
      h(
        "tbody",
        { role: "rowgroup" },
        trade.legs.map((leg) =>
          h(
            "tr",
            { role: "row" },
            h(
              "td",
              { role: "cell", "data-label": "Order" },
              h("span", { class: "mono", title: leg.order_id }, format.short(leg.order_id, 12, 6)),
              h("div", { class: "sub" }, venueTag(leg.venue)),
            ),
            h(
              "td",
              { role: "cell", "data-label": "For" },
              h("span", {}, `${leg.purpose} · ${leg.side} `, outcomeTag(leg.outcome)),
            ),
            h(
              "td",
              { role: "cell", "data-label": "State" },
              stateBadge(leg.state),
              leg.reason && h("div", { class: "sub" }, leg.reason),
            ),
            h(
              "td",
              { role: "cell", class: "num", "data-label": "Asked" },
              `${format.shares(leg.shares)} at ${format.price(leg.limit_price)}`,
            ),
            h(
              "td",
              { role: "cell", class: "num", "data-label": "Filled" },
              `${format.shares(leg.filled)} at ${format.price(leg.average_price)}`,
            ),
            h(
              "td",
              { role: "cell", class: "num", "data-label": "Latency" },
              leg.submitted_at && leg.updated_at
                ? format.latency(Date.parse(leg.updated_at) - Date.parse(leg.submitted_at))
                : format.NONE,
            ),
            h("td", { role: "cell", "data-label": "On chain" }, chain(trade, leg)),
          ),
        ),
      ),
    ),
  );
}

/** Transaction, confirmation and who pays for it, of the fills that a chain has settled. */
function chain(trade, leg) {
  const fills = trade.fills.filter((fill) => fill.tx_hash && fill.leg === leg.index);
  if (!fills.length) return h("span", { class: "muted" }, trade.simulated ? "simulated" : format.NONE);
  return fills.map((fill) =>
    h(
      "div",
      {},
      h(
        "a",
        {
          href: `${EXPLORERS[leg.venue] ?? ""}${fill.tx_hash}`,
          rel: "noreferrer noopener",
          target: "_blank",
          class: "mono",
          title: `${fill.tx_hash}. The venue's operator sends it and pays the gas; it tells no figure.`,
        },
        format.short(fill.tx_hash, 8),
      ),
      h(
        "div",
        { class: "sub" },
        fill.failed
          ? "failed"
          : fill.confirmed
            ? `confirmed${fill.confirmed_at ? ` ${format.time(fill.confirmed_at)}` : ""}, gas paid by the venue`
            : "waiting for confirmation",
      ),
    ),
  );
}
