// For this stack's operators: the kill switch, and which pairs may be traded.

import { confirm } from "../dialog.js";
import { h } from "../dom.js";
import * as format from "../format.js";
import { bind, empty, pairBadge, panel, term } from "../parts.js";
import { toast } from "../toast.js";

const CONTROL = "/api/control";
const EVERY_MS = 5_000;

export function view(context) {
  const control = h("div", {});
  const proposed = h("div", {});
  const approved = h("div", {});
  const decide = (pair, verdict) => judge(context, pair, verdict);
  const list =
    (verdicts) =>
    ({ items }) =>
      items.length
        ? h(
            "ul",
            { class: "decisions" },
            items.map((pair) =>
              h(
                "li",
                {},
                h("a", { href: `#/pair/${pair.pair_id}` }, pair.title),
                pairBadge(pair.status),
                h(
                  "span",
                  { class: "actions" },
                  verdicts.map((verdict) =>
                    h(
                      "button",
                      {
                        class: `button small ${verdict === "reject" ? "danger-text" : ""}`,
                        "data-key": `${verdict}-${pair.pair_id}`,
                        on: { click: () => decide(pair, verdict) },
                      },
                      verdict === "reject" ? "Reject" : "Approve",
                    ),
                  ),
                ),
              ),
            ),
          )
        : empty("None.");
  const stops = [
    bind(context, control, CONTROL, EVERY_MS, (state) => killSwitch(context, state)),
    bind(context, proposed, "/api/pairs?status=proposed&limit=100", 30_000, list(["approve", "reject"])),
    bind(context, approved, "/api/pairs?status=approved&limit=100", 30_000, list(["reject"])),
  ];
  return {
    title: "Operators",
    stop: () => stops.forEach((stop) => stop()),
    node: h(
      "div",
      { class: "stack" },
      h("h1", {}, "Operators"),
      panel(
        "Kill switch",
        { note: "Stops every new trade of every agent at once. What is open is still managed." },
        control,
      ),
      panel(
        "Proposed pairs",
        { note: "A wrong pair costs real money, a missed one nothing: read both rule texts first." },
        proposed,
      ),
      panel("Approved pairs", {}, approved),
    ),
  };
}

function killSwitch(context, state) {
  return h(
    "div",
    { class: "kill" },
    h(
      "p",
      {},
      h(
        "span",
        { class: `badge ${state.trading ? "good" : "bad"}` },
        state.trading ? "Trading is on" : "Trading is stopped",
      ),
    ),
    state.updated_at &&
      h(
        "dl",
        { class: "terms" },
        term("Since", format.dateTime(state.updated_at)),
        term("By", h("span", { class: "mono" }, format.short(state.updated_by))),
        term("Reason", state.reason),
      ),
    h(
      "button",
      {
        class: `button ${state.trading ? "danger" : "primary"}`,
        "data-key": "kill",
        on: { click: () => throwSwitch(context, !state.trading) },
      },
      state.trading ? "Stop all trading" : "Let agents trade again",
    ),
  );
}

async function throwSwitch(context, trading) {
  const reason = await confirm(
    trading
      ? {
          title: "Let agents trade again?",
          text: "Every active agent may start trades at the next scan.",
          action: "Turn trading on",
          reason: "Reason (kept in the audit log)",
        }
      : {
          title: "Stop all trading?",
          text: "No agent of anybody starts a trade until this is turned on again.",
          action: "Stop all trading",
          danger: true,
          reason: "Reason (kept in the audit log)",
        },
  );
  if (!reason) return;
  await send(
    context,
    () => context.api.send("PUT", CONTROL, { trading, reason }),
    trading ? "Trading is on." : "Trading is stopped.",
  );
  context.feeds.refresh(CONTROL);
  context.feeds.refresh("/api/health");
}

function judge(context, pair, verdict) {
  return verdict === "approve" ? approve(context, pair) : reject(context, pair);
}

/** Approves the texts that the question shows: their hash goes with the answer. */
async function approve(context, pair) {
  const path = `/api/pairs/${pair.pair_id}`;
  let read;
  try {
    read = (await context.api.get(path)).data;
  } catch (error) {
    toast(error.message, "bad");
    return;
  }
  const reason = await confirm({
    title: "Approve this pair?",
    text: read.markets.flatMap((market) =>
      market
        ? [h("b", {}, `${format.venueName(market.venue)}: ${market.title}`), market.rules]
        : ["A market of it is not listed."],
    ),
    action: "Approve",
    reason: "Reason (kept in the audit log)",
  });
  if (!reason) return;
  const body = { reason, rules_hash: read.rules_hash };
  await send(context, () => context.api.send("POST", `${path}/approve`, body), "Decided.");
  context.feeds.refresh("/api/pairs");
}

async function reject(context, pair) {
  const reason = await confirm({
    title: "Reject this pair?",
    text: pair.title,
    danger: true,
    action: "Reject",
    reason: "Reason (kept in the audit log)",
  });
  if (!reason) return;
  await send(
    context,
    () => context.api.send("POST", `/api/pairs/${pair.pair_id}/reject`, { reason }),
    "Decided.",
  );
  context.feeds.refresh("/api/pairs");
}

async function send(context, call, done) {
  try {
    await call();
    toast(done, "good");
  } catch (error) {
    toast(error.message, "bad");
  }
}
