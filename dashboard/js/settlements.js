// What markets paid, as rows.

import { h } from "./dom.js";
import * as format from "./format.js";
import { money, moneyBadge, num, outcomeTag, venueTag } from "./parts.js";
import { DataTable } from "./table.js";

export function settlementsTable() {
  return new DataTable({
    caption: "Payouts",
    rowKey: (paid) => `${paid.venue}|${paid.market_id}|${paid.outcome}|${paid.at}`,
    columns: [
      {
        key: "market",
        label: "Market",
        cell: (paid) => [
          h("span", { class: "strong ellipsis", title: paid.market }, paid.market),
          h(
            "div",
            { class: "sub" },
            h("span", { class: "leg" }, outcomeTag(paid.outcome), venueTag(paid.venue)),
          ),
        ],
      },
      { key: "mode", label: "Money", hide: "phone", cell: (paid) => moneyBadge(paid.simulated) },
      {
        key: "shares",
        label: "Shares",
        num: true,
        hide: "phone",
        cell: (paid) => num(format.shares(paid.shares)),
      },
      {
        key: "worth",
        label: "A share paid",
        num: true,
        cell: (paid) => (paid.worth === null ? "given back" : num(format.usd(paid.worth))),
      },
      { key: "cost", label: "Cost", num: true, hide: "phone", cell: (paid) => num(format.usd(paid.cost)) },
      { key: "payout", label: "Payout", num: true, cell: (paid) => num(format.usd(paid.payout)) },
      { key: "realised", label: "Realised", num: true, cell: (paid) => money(paid.realised) },
      { key: "at", label: "Paid", num: true, hide: "narrow", cell: (paid) => num(format.dateTime(paid.at)) },
    ],
  });
}
