// The strategies, by the API's names, and what can be tuned of each (strategies.json is made from the API's table).

import { h } from "./dom.js";
import { field } from "./forms.js";
import { capital } from "./format.js";

export const STRATEGIES = [
  {
    name: "arbitrage",
    label: "Arbitrage",
    hint: "Buys both sides of a question where they cost less than a dollar together.",
  },
  { name: "momentum", label: "Momentum", hint: "Follows a price that moves, on one venue. Not hedged." },
  {
    name: "mean-reversion",
    label: "Mean reversion",
    hint: "Bets that a price returns to its average, on one venue. Not hedged.",
  },
];

const PREFIX = "strategyParams.";

/** strategy → [{name, default, low, high, what}]; nothing to tune where the file did not come. */
export const parameters = fetch("/strategies.json")
  .then((answer) => (answer.ok ? answer.json() : {}))
  .catch(() => ({}));

/** The strategy's own parameters, folded, with their defaults; null where there is nothing to tune. */
export function parameterFields(known) {
  if (!known?.length) return null;
  return h(
    "details",
    {},
    h("summary", {}, h("h3", {}, "Fine tuning"), h("span", { class: "muted" }, "defaults are usual ones")),
    openFields(known),
  );
}

/** The same as fields that stand open, with what an agent has been given instead of the defaults. */
export const openFields = (known, given = {}) =>
  h(
    "div",
    { class: "fields" },
    known.map((one) =>
      field(PREFIX + one.name, spaced(one.name), {
        value: given[one.name] ?? one.default,
        inputmode: "decimal",
        hint: `${capital(one.what)}; ${one.low} to ${one.high}, usually ${one.default}.`,
      }),
    ),
  );

/** What differs from the defaults, as the API takes it; {} for nothing. */
export function readParameters(data, known) {
  const given = {};
  for (const one of known ?? []) {
    const text = String(data.get(PREFIX + one.name) ?? "").trim();
    if (text && text !== one.default) given[one.name] = text;
  }
  return Object.keys(given).length ? { strategyParams: given } : {};
}

const spaced = (name) => capital(name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`));
