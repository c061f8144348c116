// What an owner can do with an agent, and how agents are listed.

import { NotServed } from "./api.js";
import { confirm } from "./dialog.js";
import { h } from "./dom.js";
import * as format from "./format.js";
import { money, moneyBadge, num, stateBadge, venueTag } from "./parts.js";
import { DataTable } from "./table.js";
import { toast } from "./toast.js";

const ACTIONS = {
  start: {
    label: "Start",
    from: ["inactive", "paused"],
    done: "started",
    call: (api, id) => api.send("POST", "/api/agent/activate", { agent_id: id }),
  },
  pause: {
    label: "Pause",
    from: ["active", "closing"],
    done: "paused",
    hint: "Manages what is open, enters nothing new",
    call: (api, id) => api.send("POST", `/api/agent/${id}/pause`),
  },
  stop: {
    label: "Stop",
    from: ["active", "paused", "closing"],
    done: "stopped",
    ask: {
      title: "Stop this agent?",
      text: "It starts no new trades until you start it again. Open positions stay open and are still managed until they settle.",
      action: "Stop agent",
    },
    call: (api, id) => api.send("POST", "/api/agent/deactivate", { agent_id: id }),
  },
  close: {
    label: "Close all",
    from: ["active", "paused", "inactive"],
    done: "is closing its positions",
    danger: true,
    ask: {
      title: "Close all positions?",
      text: [
        "Every open position is sold at what the books pay now. A hedged pair is worth a dollar when it settles; sold early it may bring less than it cost.",
        "This cannot be taken back.",
      ],
      action: "Close all positions",
    },
    call: (api, id) => api.send("POST", `/api/agent/${id}/close`),
  },
};

/** Buttons for what the agent's state allows. `compact` leaves the rare ones out. */
export function actionButtons(context, agent, { compact = false } = {}) {
  const names = Object.entries(ACTIONS).filter(
    ([name, action]) =>
      action.from.includes(agent.state) && !(compact && name === "close" && agent.state === "inactive"),
  );
  return h(
    "span",
    { class: "actions" },
    names.map(([name, action]) =>
      h(
        "button",
        {
          class: `button small${action.danger ? " danger-text" : ""}`,
          title: action.hint,
          "data-key": `${name}-${agent.agent_id}`,
          on: { click: (event) => act(context, agent, action, event.currentTarget) },
        },
        action.label,
      ),
    ),
  );
}

async function act(context, agent, action, button) {
  if (
    action.ask &&
    !(await confirm({
      ...action.ask,
      danger: true,
      title: `${action.ask.title.replace("?", "")}: ${format.short(agent.agent_id, 8)}?`,
    }))
  )
    return;
  button.disabled = true;
  try {
    await action.call(context.api, agent.agent_id);
    toast(`${format.short(agent.agent_id, 8)} ${action.done}.`, "good");
  } catch (error) {
    toast(
      error instanceof NotServed ? `${action.label} is not available on this stack.` : error.message,
      "bad",
    );
  } finally {
    button.disabled = false;
    for (const prefix of [
      "/api/agents",
      `/api/agent/status/${agent.agent_id}`,
      `/api/agent/${agent.agent_id}/`,
    ]) {
      context.feeds.refresh(prefix);
    }
  }
}

/** Rows are {agent, status}; status is null until it came. */
export function agentsTable(context) {
  const stat = (row, key) => row.status?.stats[key] ?? null;
  return new DataTable({
    caption: "Your agents",
    rowKey: (row) => row.agent.agent_id,
    columns: [
      {
        key: "agent",
        label: "Agent",
        cell: ({ agent }) => [
          h(
            "a",
            { href: `#/agent/${agent.agent_id}`, class: "mono strong" },
            format.short(agent.agent_id, 8),
          ),
          h("div", { class: "sub" }, agent.strategy, " ", agent.platforms.map(venueTag)),
        ],
      },
      { key: "mode", label: "Money", cell: ({ agent }) => moneyBadge(agent.mode === "demo") },
      {
        key: "state",
        label: "State",
        cell: ({ agent }) => [
          stateBadge(agent.state),
          agent.state_reason && h("div", { class: "sub" }, agent.state_reason),
        ],
      },
      {
        key: "today",
        label: "Trades today",
        num: true,
        hide: "narrow",
        cell: (row) =>
          num(row.status ? `${stat(row, "today_trades")} / ${row.agent.limits.maxTrades}` : format.NONE),
      },
      { key: "exposure", label: "At work", num: true, cell: (row) => num(format.usd(stat(row, "exposure"))) },
      { key: "locked", label: "Locked", num: true, cell: (row) => money(stat(row, "locked_profit")) },
      { key: "realised", label: "Realised", num: true, cell: (row) => money(stat(row, "total_profit")) },
      { key: "act", label: "Actions", cell: ({ agent }) => actionButtons(context, agent, { compact: true }) },
    ],
  });
}
