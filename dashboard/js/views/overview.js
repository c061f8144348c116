// The first page: how venues and scan are doing for everybody, one's own agents and money when signed in.

import { signInButton } from "../account.js";
import { agentsTable } from "../agents.js";
import { alertsPanel } from "../alerts.js";
import { fill, h } from "../dom.js";
import * as format from "../format.js";
import { kpiStrip } from "../kpis.js";
import { newestTick, opportunityTable } from "../opportunities.js";
import { bind, empty, failure, panel, skeleton } from "../parts.js";
import { MOST_WATCHED, sums, watchPortfolio } from "../portfolio.js";
import { isOpen, tradesTable } from "../trades.js";
import { venueLine } from "../venuehealth.js";

const VENUES_EVERY_MS = 10_000;
const OPPORTUNITIES_EVERY_MS = 7_500;
const BEST_SHOWN = 8;

export function view(context) {
  const stops = [];
  const node = h(
    "div",
    { class: "stack" },
    h(
      "div",
      { class: "page-head" },
      h("h1", {}, "Overview"),
      context.session.signedIn && h("a", { class: "button primary", href: "#/agents/new" }, "New agent"),
    ),
    context.session.signedIn ? mine(context, stops) : welcome(context),
    scan(context, stops),
    venues(context, stops),
  );
  return { title: "Overview", node, stop: () => stops.forEach((stop) => stop()) };
}

function welcome(context) {
  return h(
    "section",
    { class: "welcome" },
    h("h2", {}, "The same question, two prices"),
    h(
      "p",
      {},
      "When YES on one venue and NO on another cost less than the dollar that one of them must pay, the difference is a Dutch book. ",
      "Agents find these across Polymarket, Kalshi and Limitless and take them, by default with simulated orders.",
    ),
    h(
      "div",
      { class: "welcome-end" },
      signInButton(context.session),
      h("span", { class: "muted" }, "Your wallet signs a text. It costs nothing and moves nothing."),
    ),
  );
}

function mine(context, stops) {
  const figures = h("div", { class: "stack" }, skeleton(2));
  const table = agentsTable(context);
  const agents = h("div", {}, skeleton());
  const open = tradesTable({ caption: "Open positions" });
  const positions = h("div", {}, skeleton());
  const alerts = h("div", {});
  stops.push(
    watchPortfolio(context.feeds, (state) => {
      if (!state.agents) {
        if (state.error)
          fill(
            agents,
            failure(state.error, () => context.feeds.refresh("/api/agents")),
          );
        return;
      }
      drawFigures(figures, state);
      drawAgents(agents, table, state);
      drawPositions(positions, open, state);
      drawAlerts(context, alerts, state, stops);
    }),
  );
  return h(
    "div",
    { class: "stack" },
    figures,
    panel("Agents", {}, agents),
    panel(
      "Open positions",
      { note: "Both legs of each trade. Residual is what one leg has more than the other." },
      positions,
    ),
    alerts,
  );
}

function drawFigures(place, { agents, statuses, positions }) {
  const known = agents.map((agent) => statuses.get(agent.agent_id)).filter(Boolean);
  const strips = [true, false].map((simulated) => {
    const these = known.filter((status) => status.stats.simulated === simulated);
    if (!these.length) return null;
    const held = these.map((status) =>
      (positions.get(status.agent.agent_id) ?? []).filter((one) => one.simulated === simulated),
    );
    return kpiStrip(sums(these, held), simulated);
  });
  fill(place, known.length || !agents.length ? strips : skeleton(2));
}

function drawAgents(place, table, { agents, statuses, more }) {
  if (!agents.length) {
    fill(
      place,
      empty(
        "You have no agent yet.",
        h("a", { class: "button primary", href: "#/agents/new" }, "Create your first agent"),
      ),
    );
    return;
  }
  table.setRows(
    agents.map((agent) => ({
      agent: statuses.get(agent.agent_id)?.agent ?? agent,
      status: statuses.get(agent.agent_id) ?? null,
    })),
  );
  if (!place.contains(table.node)) fill(place, table.node, h("p", { class: "muted" }));
  place.lastChild.textContent = more
    ? `The figures of ${format.count(more, "older agent")} stand on their own pages.`
    : "";
}

function drawPositions(place, table, { agents, statuses }) {
  const trades = [...statuses.values()].flatMap((status) => status.recent_positions).filter(isOpen);
  trades.sort((a, b) => b.created_at.localeCompare(a.created_at));
  if (!trades.length) {
    const waiting = agents.some((agent, i) => i < MOST_WATCHED && !statuses.has(agent.agent_id));
    fill(
      place,
      waiting ? skeleton() : empty("Nothing is open. A position appears when an agent takes an opportunity."),
    );
    return;
  }
  table.setRows(trades);
  if (!place.contains(table.node)) fill(place, table.node);
}

/** Alerts of the newest agents, once each is known. */
function drawAlerts(context, place, { agents }, stops) {
  if (place.childElementCount || !agents.length) return;
  const { node, stop } = alertsPanel(
    context,
    agents.slice(0, 5).map((agent) => agent.agent_id),
  );
  stops.push(stop);
  fill(place, node);
}

function scan(context, stops) {
  const table = opportunityTable(context, { caption: "Best of the last scan" });
  const box = h("div", {});
  const counts = h("span", { class: "muted num" });
  stops.push(
    bind(context, box, "/api/opportunities?limit=100", OPPORTUNITIES_EVERY_MS, ({ items }) => {
      const rows = newestTick(items);
      const of = (verdict) => rows.filter((row) => row.verdict === verdict).length;
      counts.textContent = rows.length
        ? `${of("taken")} taken · ${of("eligible")} eligible · ${of("rejected")} rejected`
        : "";
      table.setRows(rows.slice(0, BEST_SHOWN));
      return rows.length
        ? table.node
        : empty("No opportunity has been seen yet. A scan runs every few seconds.");
    }),
  );
  return panel("Last scan", { end: [counts, h("a", { href: "#/opportunities" }, "All opportunities")] }, box);
}

function venues(context, stops) {
  const box = h("div", {});
  stops.push(bind(context, box, "/api/venues", VENUES_EVERY_MS, ({ items }) => venueLine(items)));
  return panel("Venues", { end: h("a", { href: "#/venues" }, "Details") }, box);
}
