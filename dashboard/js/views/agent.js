// One agent: its state and figures, and a tab for each thing to see or change.

import { actionButtons } from "../agents.js";
import { fill, h } from "../dom.js";
import * as format from "../format.js";
import { kpiStrip } from "../kpis.js";
import { failure, moneyBadge, skeleton, stateBadge, subnav, venueTag } from "../parts.js";
import { sums } from "../portfolio.js";

const STATUS_EVERY_MS = 5_000;
const POSITIONS_EVERY_MS = 10_000;
const TABS = [
  ["positions", "Positions"],
  ["trades", "Trades"],
  ["performance", "Performance"],
  ["limits", "Limits"],
  ["credentials", "Keys"],
  ["alerts", "Alerts"],
  ["audit", "Audit log"],
];

export function view(context, agentId, asked = "positions") {
  const tab = TABS.some(([key]) => key === asked) ? asked : "positions";
  const head = h("div", { class: "stack tight" }, h("h1", {}, `Agent ${format.short(agentId, 8)}`));
  const figures = h("div", {}, skeleton(2));
  const box = h("div", { class: "stack" });
  const stops = [];
  let status = null;
  let positions = null;
  const drawFigures = () => {
    const simulated = status.stats.simulated;
    const held = (positions ?? []).filter((one) => one.simulated === simulated);
    fill(figures, kpiStrip(withoutPositions(sums([status], [held]), positions), simulated));
  };
  let opened = false;
  stops.push(
    context.feeds.watch(`/api/agent/status/${agentId}`, STATUS_EVERY_MS, ({ data, error }) => {
      if (!data) {
        if (error)
          fill(
            figures,
            failure(error, () => context.feeds.refresh("/api/agent/")),
          );
        return;
      }
      status = data;
      fill(head, heading(context, data.agent));
      drawFigures();
      if (!opened) {
        opened = true;
        openTab(tab);
      }
    }),
  );
  stops.push(
    context.feeds.watch(`/api/agent/${agentId}/positions`, POSITIONS_EVERY_MS, ({ data }) => {
      if (!data) return;
      positions = data.items;
      if (status) drawFigures();
    }),
  );
  let gone = false;
  async function openTab(name) {
    const module = await import(`./agent/${name}.js`);
    if (gone) return;
    const { node, stop } = module.tab(context, agentId, status);
    if (stop) stops.push(stop);
    fill(box, node);
  }
  return {
    title: `Agent ${format.short(agentId, 8)}`,
    node: h(
      "div",
      { class: "stack" },
      head,
      figures,
      subnav(
        "Agent",
        TABS.map(([key, text]) => [key, text, `#/agent/${agentId}/${key}`]),
        tab,
      ),
      box,
    ),
    stop: () => {
      gone = true;
      stops.forEach((stop) => stop());
    },
  };
}

/** Until the positions came, a sum over them is not known. */
const withoutPositions = (figures, positions) =>
  positions || figures.unhedgedOnly ? figures : { ...figures, unrealised: null };

function heading(context, agent) {
  return [
    h(
      "div",
      { class: "page-head" },
      h(
        "div",
        {},
        h("h1", {}, `Agent ${format.short(agent.agent_id, 8)}`),
        h(
          "p",
          { class: "facts" },
          moneyBadge(agent.mode === "demo"),
          stateBadge(agent.state),
          h("span", {}, agent.strategy),
          agent.platforms.map(venueTag),
          h("span", { class: "muted" }, `since ${format.date(agent.created_at)}`),
        ),
      ),
      actionButtons(context, agent),
    ),
    agent.state_reason && agent.state !== "active" && h("p", { class: "reason" }, agent.state_reason),
  ];
}
