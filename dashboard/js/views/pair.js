// One pair: both rule texts with their differences, both books with what would be consumed, profit by size,
// price history.

import { toNumber } from "../amount.js";
import { chart } from "../charts.js";
import { differences } from "../diff.js";
import { fill, h } from "../dom.js";
import * as format from "../format.js";
import {
  bind,
  directionOf,
  empty,
  money,
  num,
  outcomeTag,
  pairBadge,
  panel,
  stateBadge,
  term,
  venueTag,
} from "../parts.js";
import { asksOf, consumed, grossCurve } from "../series.js";

const PAIR_EVERY_MS = 7_500;
const OPPORTUNITIES = "/api/opportunities?limit=100";
const LEVELS = 6;

export function view(context, pairId) {
  const box = h("div", { class: "stack" });
  const head = h("div", { class: "stack" }, h("h1", {}, "Pair"));
  let detail = null;
  let seen = [];
  // the texts rarely change, and somebody may be marking a line of them
  const rulesOf = kept(
    (markets) =>
      panel("Rules", { note: "Words that stand in only one of the two texts are marked." }, rules(markets)),
    (markets) => JSON.stringify(markets.map((market) => market?.rules)),
  );
  const draw = () => detail && fill(box, body(detail, seen), rulesOf(detail.markets));
  const place = h("div", {});
  const stops = [
    bind(context, place, `/api/pairs/${pairId}`, PAIR_EVERY_MS, (data) => {
      detail = data;
      fill(head, heading(data.pair));
      document.title = `${data.pair.title} · Dutchbook`;
      draw();
      return box;
    }),
    context.feeds.watch(OPPORTUNITIES, PAIR_EVERY_MS, ({ data }) => {
      seen = (data?.items ?? []).filter((row) => row.pair_id === pairId);
      draw();
    }),
  ];
  return {
    title: "Pair",
    node: h("div", { class: "stack" }, head, place),
    stop: () => stops.forEach((stop) => stop()),
  };
}

function heading(pair) {
  return [
    h(
      "nav",
      { "aria-label": "Breadcrumb", class: "crumbs" },
      h("a", { href: "#/pairs" }, "Pairs"),
      " / ",
      h("span", { class: "mono" }, format.short(pair.pair_id, 9)),
    ),
    h("div", { class: "page-head" }, h("h1", {}, pair.title), pairBadge(pair.status)),
    h(
      "p",
      { class: "lead" },
      pair.relation === "same"
        ? "Both markets ask the same question."
        : pair.relation === "contains"
          ? "The event of one holds, among others, the question of the other: to be read, never traded."
          : `Relation of the two markets: ${pair.relation}.`,
      pair.reason && ` ${pair.reason}`,
    ),
  ];
}

/** `make(value)` again only when `key(value)` changed. */
function kept(make, key) {
  let [last, made] = [null, null];
  return (value) => {
    if (key(value) !== last) [last, made] = [key(value), make(value)];
    return made;
  };
}

/** The newest record of each direction, what pays first. */
function newestOf(seen) {
  const found = new Map();
  for (const row of seen)
    if (row.tick_id > (found.get(row.direction)?.tick_id ?? "")) found.set(row.direction, row);
  return [...found.values()].sort((a, b) => Number(b.net_profit) - Number(a.net_profit));
}

function body({ markets }, seen) {
  const newest = newestOf(seen);
  const best = newest.find((row) => row.legs.length) ?? null;
  return [
    panel("What the scan says", {}, verdicts(newest)),
    h(
      "div",
      { class: "halves" },
      markets.map((market) =>
        panel(market ? format.venueName(market.venue) : "Not listed", {}, book(market, best)),
      ),
    ),
    panel(
      "Profit by size",
      { note: "Gross: before fees, from the stored books. The scan's own figure is net of every fee." },
      sizes(markets, newest, best),
    ),
    panel("Price history", {}, history(markets)),
  ];
}

function verdicts(newest) {
  if (!newest.length) return empty("The last scans hold no record of this pair.");
  return h(
    "ul",
    { class: "verdicts" },
    newest.map((row) =>
      h(
        "li",
        {},
        directionOf(row.direction),
        stateBadge(row.verdict),
        h("span", { class: "reason" }, row.reason),
        row.legs.length > 0 &&
          h(
            "span",
            { class: "num" },
            money(row.net_profit),
            ` net on ${format.usd(row.cost)} · ${format.percent(row.net_return)}`,
          ),
      ),
    ),
  );
}

function book(market, best) {
  if (!market) return empty("This market is no longer listed by its venue.");
  const facts = h(
    "dl",
    { class: "terms" },
    term("Question", market.title),
    term("Trading", market.tradeable ? "open" : "closed"),
    term("Closes", num(format.dateTime(market.closes_at))),
    term("Resolves", num(format.dateTime(market.resolves_at))),
    market.book && term("Book of", num(format.time(market.book.requested_at))),
  );
  if (!market.book) return [facts, empty("No book is stored yet.")];
  const leg =
    best?.legs.find((one) => one.venue === market.venue && one.market_id === market.market_id) ?? null;
  const outcome = leg?.outcome ?? "yes";
  const asks = market.book[`${outcome}_asks`];
  const taken = leg ? consumed(asks, leg.limit_price, leg.shares) : asks.map(() => 0n);
  return [facts, ladder(outcome, market.book[`${outcome}_bids`], asks, taken)];
}

function ladder(outcome, bids, asks, taken) {
  const most = Math.max(...[...bids, ...asks].map((level) => Number(level.shares)), 1);
  const row = (side, level, eaten = 0n) => {
    const bar = h("span", { class: `depth ${side}`, "aria-hidden": "true" });
    bar.style.width = `${(100 * Number(level.shares)) / most}%`;
    const cut = h("span", { class: "depth eaten", "aria-hidden": "true" });
    cut.style.width = `${(100 * toNumber(eaten)) / most}%`;
    return h(
      "tr",
      { class: `${side}${eaten > 0n ? " consumed" : ""}` },
      h("td", {}, side),
      h("td", { class: "num" }, format.price(level.price)),
      h("td", { class: "num depth-cell" }, bar, cut, h("span", {}, format.shares(level.shares))),
      h("td", { class: "num" }, eaten > 0n ? format.shares(eaten) : ""),
    );
  };
  const shown = asks
    .slice(0, LEVELS)
    .map((level, i) => row("ask", level, taken[i]))
    .reverse();
  return h(
    "table",
    { class: "ladder" },
    h("caption", {}, outcomeTag(outcome), " book"),
    h(
      "thead",
      {},
      h(
        "tr",
        {},
        ["Side", "Price", "Shares", "Consumed"].map((text, i) =>
          h("th", { scope: "col", class: i ? "num" : "" }, text),
        ),
      ),
    ),
    h(
      "tbody",
      {},
      shown.length ? shown : none("asks"),
      bids.length ? bids.slice(0, LEVELS).map((level) => row("bid", level)) : none("bids"),
    ),
  );
}

const none = (what) => h("tr", {}, h("td", { colspan: "4", class: "muted" }, `No ${what}`));

function sizes(markets, newest, best) {
  const row = best ?? newest[0];
  const ladders = row && asksOf(markets, row.direction);
  if (!ladders) return empty("Both books are needed, and a direction that the scan looked at.");
  const points = untilLoss(grossCurve(...ladders));
  const top = points.reduce((a, b) => (b.profit > a.profit ? b : a));
  const scan = best
    ? ` The scan would buy ${format.shares(best.shares)} shares for a net profit of ${format.usd(best.net_profit)}.`
    : " After fees the scan found no size that pays.";
  return h(
    "div",
    {},
    h("p", {}, directionOf(row.direction)),
    chart({
      title: "Gross profit by shares bought",
      summary:
        top.profit > 0n
          ? `Most at ${format.shares(top.shares)} shares: ${format.usd(top.profit)} before fees.${scan}`
          : `No size pays, even before fees.${scan}`,
      xs: points.map((point) => toNumber(point.shares)),
      series: [
        {
          label: "Gross profit",
          color: "accent",
          fill: true,
          values: points.map((point) => toNumber(point.profit)),
        },
      ],
      time: false,
      x: (value) => value.toLocaleString("en-US"),
      y: (value) => `${value < 0 ? "-" : ""}$${Math.abs(value).toLocaleString("en-US")}`,
    }),
  );
}

/** The curve to its first point below zero: what lies beyond only loses more. */
function untilLoss(points) {
  const end = points.findIndex((point) => point.profit < 0n);
  return end < 0 ? points : points.slice(0, Math.max(end + 1, 2));
}

function history(markets) {
  const lines = markets
    .filter(Boolean)
    .map((market) => ({ market, quotes: market.history.filter((quote) => quote.yes_ask && quote.yes_bid) }));
  const xs = [
    ...new Set(lines.flatMap(({ quotes }) => quotes.map((quote) => Date.parse(quote.at) / 1000))),
  ].sort((a, b) => a - b);
  if (!lines.some(({ quotes }) => quotes.length > 1)) return empty("Not enough prices have been kept yet.");
  const series = lines.map(({ market, quotes }, i) => {
    const at = new Map(
      quotes.map((quote) => [
        Date.parse(quote.at) / 1000,
        (Number(quote.yes_bid) + Number(quote.yes_ask)) / 2,
      ]),
    );
    // venues are asked at slightly different moments: each price stands until the next
    let latest = null;
    const values = xs.map((x) => (latest = at.get(x) ?? latest));
    return {
      label: `${format.venueName(market.venue)}, middle of YES`,
      color: i ? "second" : "accent",
      stepped: true,
      values,
    };
  });
  const ends = lines.map(
    ({ market, quotes }) =>
      `${format.venueName(market.venue)} ${quotes.length ? `${quotes.at(-1).yes_bid} / ${quotes.at(-1).yes_ask}` : format.NONE}`,
  );
  return chart({
    title: "Price of YES, last 24 hours",
    summary: `Latest bid / ask: ${ends.join(", ")}.`,
    xs,
    series,
    y: (value) => value.toFixed(2),
  });
}

function rules(markets) {
  const texts = markets.map((market) => market?.rules ?? "");
  if (!texts.some(Boolean)) return empty("No rule text is stored.");
  const marked = differences(...texts);
  return h(
    "div",
    { class: "halves" },
    markets.map((market, i) =>
      h(
        "article",
        { class: "rules" },
        h("h3", {}, market ? venueTag(market.venue) : "Not listed"),
        texts[i]
          ? h(
              "p",
              {},
              marked[i].map(([kind, text]) => (kind === "only" ? h("mark", {}, text) : text)),
            )
          : h("p", { class: "muted" }, "No rule text."),
      ),
    ),
  );
}
