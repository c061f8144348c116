// How amounts, times and ids are written. Every function takes what the API gives and returns text.

import { decimal, floorTo, micros } from "./amount.js";

export const NONE = "–";
const MINUS = "−";
const grouping = new Intl.NumberFormat("en-US");
const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" });

/** Fixed decimals with thousands separated; micros (BigInt) or a decimal string. */
export function fixed(amount, places) {
  const value = typeof amount === "bigint" ? amount : micros(amount);
  if (value === null) return NONE;
  const cut = floorTo(value, places);
  const [whole, fraction = ""] = decimal(cut < 0n ? -cut : cut).split(".");
  const tail = places ? `.${fraction.padEnd(places, "0")}` : "";
  return `${cut < 0n ? MINUS : ""}${grouping.format(BigInt(whole))}${tail}`;
}

/** Dollars and cents, rounded down. */
export function usd(amount, { sign = false } = {}) {
  const text = fixed(amount, 2);
  if (text === NONE) return NONE;
  const [mark, digits] = text.startsWith(MINUS) ? [MINUS, text.slice(1)] : ["", text];
  const plus = sign && !mark && /[1-9]/.test(digits) ? "+" : "";
  return `${mark}${plus}$${digits}`;
}

export const shares = (amount) => fixed(amount, 2);
export const price = (amount) => (amount === null || amount === undefined ? NONE : fixed(amount, 3));
export const percent = (amount) => (amount === null || amount === undefined ? NONE : `${fixed(amount, 2)} %`);

/** -1, 0 or 1, for the colour of an amount. */
export function signOf(amount) {
  const value = typeof amount === "bigint" ? amount : micros(amount);
  return value === null || value === 0n ? 0 : value < 0n ? -1 : 1;
}

export const time = (moment) => (moment ? clock.format(new Date(moment)) : NONE);
export const date = (moment) => (moment ? day.format(new Date(moment)) : NONE);
export const dateTime = (moment) => (moment ? `${date(moment)}, ${time(moment)}` : NONE);

/** "12 s", "3 min", "2 h", "4 d". */
export function span(milliseconds) {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} d`;
}

/** Latencies: "840 ms", "2.15 s". */
export const latency = (milliseconds) =>
  milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(2)} s`;

/** First and last characters of an id or address. */
export function short(id, head = 6, tail = 4) {
  return !id || id.length <= head + tail + 1 ? id || NONE : `${id.slice(0, head)}…${id.slice(-tail)}`;
}

export const VENUES = { polymarket: "Polymarket", kalshi: "Kalshi", limitless: "Limitless" };
export const venueName = (venue) => VENUES[venue] ?? venue;

/** "kalshi:yes+polymarket:no" → [{venue, outcome}, …]. */
export function legsOf(direction) {
  return direction
    .split("+")
    .filter(Boolean)
    .map((part) => {
      const [venue, outcome = ""] = part.split(":");
      return { venue, outcome };
    });
}

/** With its first letter large. */
export const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

export function count(number, one, many = `${one}s`) {
  return `${grouping.format(number)} ${number === 1 ? one : many}`;
}
