// All agents of a wallet together: their status and positions, watched as one.

import { total } from "./amount.js";

const AGENTS_EVERY_MS = 10_000;
const STATUS_EVERY_MS = 5_000;
/** Agents whose figures are kept up to date at once; more would only queue behind the gateway's limit. */
export const MOST_WATCHED = 20;

/**
 * Calls `see({agents, statuses, positions, error, more})` after each change: maps by agent id.
 * Returns the function that ends it.
 */
export function watchPortfolio(feeds, see) {
  const state = { agents: null, statuses: new Map(), positions: new Map(), error: null, more: 0 };
  const stops = new Map();
  const watchAgent = (id) => [
    feeds.watch(`/api/agent/status/${id}`, STATUS_EVERY_MS, ({ data }) => put(state.statuses, id, data)),
    feeds.watch(`/api/agent/${id}/positions`, AGENTS_EVERY_MS, ({ data }) =>
      put(state.positions, id, data?.items),
    ),
  ];
  const put = (map, id, data) => {
    if (!data || map.get(id) === data) return;
    map.set(id, data);
    see(state);
  };
  const stopList = feeds.watch("/api/agents?limit=50", AGENTS_EVERY_MS, ({ data, error }) => {
    state.error = data ? null : error;
    if (data) {
      state.agents = data.items;
      state.more = Math.max(0, data.items.length - MOST_WATCHED);
      const wanted = data.items.slice(0, MOST_WATCHED).map((agent) => agent.agent_id);
      for (const id of wanted) if (!stops.has(id)) stops.set(id, watchAgent(id));
    }
    see(state);
  });
  return () => {
    stopList();
    for (const one of stops.values()) one.forEach((stop) => stop());
  };
}

/** Sums over the agents of one kind of money; null where a figure is not known. */
export function sums(statuses, positions) {
  const stats = statuses.map((status) => status.stats);
  const sum = (key) => total(stats.map((one) => one[key]));
  const held = positions.flat();
  return {
    realised: sum("total_profit"),
    today: sum("today_result"),
    locked: sum("locked_profit"),
    fees: sum("fees"),
    exposure: sum("exposure"),
    cap: total(statuses.map((status) => status.agent.limits.maxPosition)),
    dailyLoss: total(statuses.map((status) => status.agent.limits.maxDailyLoss)),
    trades: stats.reduce((count, one) => count + one.today_trades, 0),
    maxTrades: statuses.reduce((count, status) => count + status.agent.limits.maxTrades, 0),
    // the API's own figure leaves hedged pairs out: they pay a dollar whatever the bids say
    unhedgedOnly: stats.every((one) => "unrealised_profit" in one),
    unrealised: stats.every((one) => "unrealised_profit" in one)
      ? sum("unrealised_profit")
      : total(held.map((position) => position.unrealised)),
    unpriced: held.filter((position) => position.unrealised === null).length,
    budgets: budgets(stats),
  };
}

function budgets(stats) {
  const byVenue = new Map();
  for (const budget of stats.flatMap((one) => one.budgets)) {
    const before = byVenue.get(budget.venue) ?? [];
    byVenue.set(budget.venue, [...before, budget]);
  }
  return [...byVenue].map(([venue, all]) => ({
    venue,
    available: total(all.map((one) => one.available)),
    funded: total(all.map((one) => one.funded)),
  }));
}
