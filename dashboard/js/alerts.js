// Alerts: what a person should look at.

import { NotServed } from "./api.js";
import { fill, h } from "./dom.js";
import * as format from "./format.js";
import { empty, failure, panel, skeleton, venueTag } from "./parts.js";

const ALERTS_EVERY_MS = 15_000;

/** {node, stop}: the alerts of some agents, newest first. */
export function alertsPanel(context, agentIds) {
  const place = h("div", {}, skeleton(1));
  const states = new Map();
  const draw = () => {
    const all = [...states.values()];
    const unserved = all.find((state) => state.error instanceof NotServed);
    const failed = all.find((state) => state.error && !state.data);
    const items = all
      .flatMap((state) => state.data?.items ?? [])
      .sort((a, b) => String(b.at).localeCompare(String(a.at)));
    if (unserved || (failed && !items.length))
      fill(
        place,
        failure((unserved ?? failed).error, () => context.feeds.refresh("/api/agent/")),
      );
    else if (all.some((state) => state.data))
      fill(place, items.length ? list(items) : empty("No alerts: nothing needs you."));
  };
  const stops = agentIds.map((id) =>
    context.feeds.watch(`/api/agent/${id}/alerts`, ALERTS_EVERY_MS, (state) => {
      states.set(id, state);
      draw();
    }),
  );
  return { node: panel("Alerts", {}, place), stop: () => stops.forEach((stop) => stop()) };
}

function list(items) {
  return h(
    "ul",
    { class: "alerts" },
    items.map((item) =>
      h(
        "li",
        {},
        h("time", { datetime: item.at, class: "num muted" }, format.dateTime(item.at)),
        h("span", { class: "badge" }, format.capital(item.kind.replaceAll(/[-_.]/g, " "))),
        item.venue && venueTag(item.venue),
        h(
          "p",
          { class: "what" },
          item.what,
          item.next_step && h("span", { class: "sub" }, ` ${item.next_step}`),
        ),
        item.trade_id && h("a", { href: `#/trade/${item.trade_id}` }, "See the trade"),
      ),
    ),
  );
}
