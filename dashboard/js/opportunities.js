// Opportunities as rows, for the overview and their own page.

import { micros } from "./amount.js";
import { h } from "./dom.js";
import * as format from "./format.js";
import { directionOf, isPair, money, num, stateBadge } from "./parts.js";
import { DataTable } from "./table.js";

export const keyOf = (row) => `${row.tick_id}|${row.pair_id}|${row.direction}`;
/** What was not worth a size has no figures: a dash says so, a zero would lie. */
const sized = (row) => row.shares !== "0";
/** Money is tied up for a day at least: none means that no venue tells when it pays. */
const dated = (row) => row.days > 0;
const figureOr = (row, write) => (sized(row) ? write() : h("span", { class: "muted" }, format.NONE));

export function opportunityTable(context, { onEnd = null, caption = "Opportunities" } = {}) {
  return new DataTable({
    caption,
    rowKey: keyOf,
    onEnd,
    columns: [
      {
        key: "market",
        label: "Market",
        sort: (row) => row.market,
        cell: (row) => [
          context.session.signedIn && isPair(row.pair_id)
            ? h(
                "a",
                { href: `#/pair/${row.pair_id}`, class: "strong ellipsis", title: row.market },
                row.market,
              )
            : h("span", { class: "strong ellipsis", title: row.market }, row.market),
          h("div", { class: "sub ellipsis" }, directionOf(row.direction)),
        ],
      },
      {
        key: "verdict",
        label: "Verdict",
        sort: (row) => row.verdict,
        cell: (row) => [
          stateBadge(row.verdict),
          h("div", { class: "sub ellipsis", title: row.reason }, row.reason),
        ],
      },
      {
        key: "return",
        label: "Net return",
        num: true,
        sort: (row) => micros(row.net_return),
        cell: (row) => figureOr(row, () => num(format.percent(row.net_return))),
      },
      {
        key: "profit",
        label: "Net profit",
        num: true,
        hide: "phone",
        sort: (row) => micros(row.net_profit),
        cell: (row) => figureOr(row, () => money(row.net_profit)),
      },
      {
        key: "size",
        label: "Size",
        num: true,
        hide: "phone",
        sort: (row) => micros(row.cost),
        cell: (row) =>
          figureOr(row, () => [
            num(format.usd(row.cost)),
            h("div", { class: "sub" }, `${format.shares(row.shares)} shares`),
          ]),
      },
      {
        key: "annual",
        label: "Per year",
        num: true,
        hide: "narrow",
        sort: (row) => micros(row.annualised_return),
        cell: (row) =>
          figureOr(row, () =>
            dated(row)
              ? [
                  num(format.percent(row.annualised_return)),
                  h("div", { class: "sub" }, format.count(row.days, "day")),
                ]
              : [num(format.NONE), h("div", { class: "sub" }, "date unknown")],
          ),
      },
      {
        key: "seen",
        label: "Seen",
        num: true,
        hide: "narrow",
        sort: (row) => row.seen_at,
        cell: (row) => [
          num(format.time(row.seen_at)),
          row.first_seen_at && h("div", { class: "sub" }, `since ${format.time(row.first_seen_at)}`),
        ],
      },
    ],
  });
}

/** Those of the newest tick, what pays first. */
export function newestTick(items) {
  const newest = items.reduce((latest, row) => (row.tick_id > latest ? row.tick_id : latest), "");
  const rank = { taken: 0, eligible: 1, rejected: 2 };
  const best = (a, b) => (micros(b.net_profit) > micros(a.net_profit) ? 1 : -1);
  return items
    .filter((row) => row.tick_id === newest)
    .sort((a, b) => rank[a.verdict] - rank[b.verdict] || best(a, b));
}
