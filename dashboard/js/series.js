// Curves from what the API gave: profit over time, drawdown, gross profit by size. Exact until drawn.

import { least, micros, ONE, times, total, toNumber } from "./amount.js";
import { legsOf } from "./format.js";

/**
 * Cumulative result and its drawdown after each trade that has one, oldest first: realised profit, of a set
 * whose legs are paid one after the other with the last of them.
 * What a trade locked when it ended is not added up: part of it may have been sold since by another trade, and
 * be realised there; only the API's own sum over what is held now knows. Drawdown is how far the sum stands
 * below its highest point so far (zero or negative).
 */
export function profitCurve(trades) {
  const ended = trades
    .filter((trade) => trade.result !== "0")
    .sort((a, b) => a.updated_at.localeCompare(b.updated_at));
  let sum = 0n;
  return curveOf(ended.map((trade) => [Date.parse(trade.updated_at) / 1000, (sum += micros(trade.result))]));
}

/** Result and drawdown after each day of the API's list (oldest first). */
export const dayCurve = (days) =>
  curveOf(days.map((day) => [Date.parse(`${day.date}T00:00:00Z`) / 1000, micros(day.total_result)]));

function curveOf(points) {
  const curve = { xs: [], result: [], drawdown: [], last: { result: 0n, drawdown: 0n } };
  let peak = 0n;
  for (const [x, result] of points) {
    if (result > peak) peak = result;
    curve.xs.push(x);
    curve.result.push(toNumber(result));
    curve.drawdown.push(toNumber(result - peak));
    curve.last = { result, drawdown: result - peak };
  }
  return curve;
}

/**
 * Walks both ladders of asks at once: [{shares, profit}] in micros after each slice, before fees.
 * Each share of both legs pays one dollar.
 */
export function grossCurve(ladderA, ladderB) {
  const a = ladderA.map(level);
  const b = ladderB.map(level);
  const points = [{ shares: 0n, profit: 0n }];
  let [i, j, shares, profit] = [0, 0, 0n, 0n];
  while (i < a.length && j < b.length) {
    const slice = least(a[i].left, b[j].left);
    shares += slice;
    profit += times(ONE - a[i].price - b[j].price, slice);
    points.push({ shares, profit });
    a[i].left -= slice;
    b[j].left -= slice;
    if (a[i].left === 0n) i += 1;
    if (b[j].left === 0n) j += 1;
  }
  return points;
}

const level = ({ price, shares }) => ({ price: micros(price), left: micros(shares) });

/** The asks that a direction buys from each market, or null when a book is missing. */
export function asksOf(markets, direction) {
  const legs = legsOf(direction);
  if (legs.length !== 2) return null;
  const free = markets.filter(Boolean);
  const ladders = legs.map((leg) => {
    const at = free.findIndex((market) => market.venue === leg.venue);
    const [market] = at < 0 ? [null] : free.splice(at, 1);
    return market?.book?.[`${leg.outcome}_asks`] ?? null;
  });
  return ladders.every(Boolean) ? ladders : null;
}

/**
 * What each level of a ladder of asks gives to an order of `shares` at `limit`: micros taken, level by level.
 */
export function consumed(ladder, limit, shares) {
  let left = micros(shares);
  return ladder.map((one) => {
    if (left <= 0n || micros(one.price) > micros(limit)) return 0n;
    const taken = least(left, micros(one.shares));
    left -= taken;
    return taken;
  });
}

/**
 * What each planned leg of a trade stands at: its own net fills, with what completed or unwound it.
 * {legs: [{leg, held}], hedged, residual} in micros; residual is what one side has more than the other.
 */
export function standing(trade) {
  const repair = (leg) => leg.purpose === "complete" || leg.purpose === "unwind";
  const planned = trade.legs.filter((leg) => !repair(leg));
  const legs = planned.map((leg) => ({
    leg,
    held: trade.legs
      .filter((other) => repair(other) && other.repairs === leg.index)
      .reduce(
        (held, other) => held + (other.side === leg.side ? 1n : -1n) * micros(other.net_filled),
        micros(leg.net_filled),
      ),
  }));
  const sizes = legs.map((one) => one.held);
  const hedged = sizes.length > 1 ? sizes.reduce(least) : 0n;
  const most = sizes.reduce((a, b) => (a > b ? a : b), 0n);
  return { legs, hedged, residual: most - hedged };
}

/** A hundredth of a share: below that a difference between legs is dust, booked and valued at the bid. */
export const DUST = ONE / 100n;

/** Costs, fees in, of all legs that bought. */
export const costOf = (trade) =>
  total(trade.legs.filter((leg) => leg.side === "buy").flatMap((leg) => [leg.notional, leg.fee_usd]));
