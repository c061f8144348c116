import { h } from "../dom.js";
import * as format from "../format.js";
import { bind, empty, num, pairBadge, subnav, venueTag } from "../parts.js";
import { DataTable } from "../table.js";

const STATUSES = ["approved", "proposed", "unsure", "rejected", "blocked", "closed"];
const MEANINGS = {
  approved: "An operator has read both rule texts: traded by all agents.",
  proposed: "The matcher is sure and nobody has read them: demo agents only, from the stack's threshold on.",
  unsure: "The matcher neither refuted nor showed that they ask the same: an operator reads both texts.",
  rejected: "An operator has said that they do not ask the same.",
  blocked: "A price gap no real pair shows, or venues that settled differently.",
  closed: "A market of it is no longer traded.",
};
const EVERY_MS = 30_000;
const venueOf = (key) => key.split(":")[0];

/** Pairs of one status; each leads to its rules and books. */
export function view(context, asked = "approved") {
  const status = STATUSES.includes(asked) ? asked : "approved";
  const table = new DataTable({
    caption: `Pairs, ${status}`,
    rowKey: (pair) => pair.pair_id,
    columns: [
      {
        key: "title",
        label: "Pair",
        sort: (pair) => pair.title,
        cell: (pair) => [
          h("a", { href: `#/pair/${pair.pair_id}`, class: "strong ellipsis", title: pair.title }, pair.title),
          h("div", { class: "sub" }, venueTag(venueOf(pair.a)), venueTag(venueOf(pair.b))),
        ],
      },
      { key: "relation", label: "Relation", hide: "phone", cell: (pair) => pair.relation },
      { key: "status", label: "Status", cell: (pair) => pairBadge(pair.status) },
      {
        key: "score",
        label: "Score",
        num: true,
        hide: "phone",
        sort: (pair) => Number(pair.score),
        cell: (pair) => num(format.fixed(pair.score, 2)),
      },
      {
        key: "reason",
        label: "Why",
        hide: "narrow",
        cell: (pair) => h("span", { class: "ellipsis", title: pair.reason }, pair.reason),
      },
    ],
  });
  const box = h("div", {});
  const stop = bind(context, box, `/api/pairs?status=${status}&limit=100`, EVERY_MS, ({ items }) => {
    table.setRows(items);
    return items.length ? table.node : empty(`No pair is ${status}.`);
  });
  return {
    title: "Pairs",
    stop,
    node: h(
      "div",
      { class: "stack" },
      h("h1", {}, "Pairs"),
      h(
        "p",
        { class: "lead" },
        "Two markets that ask the same or the opposite question. Real money trades approved pairs only.",
      ),
      subnav(
        "Status",
        STATUSES.map((one) => [one, format.capital(one), `#/pairs/${one}`]),
        status,
      ),
      h("p", { class: "muted" }, MEANINGS[status]),
      box,
    ),
  };
}
