// What the server says of itself in /config.json. Nothing is claimed until it came.

export const site = {
  /** True: books, prices and markets come from simulators, so that no money can move. Null: not known. */
  simulatedData: null,
};

export const siteLoaded = fetch("/config.json", { cache: "no-store" })
  .then((answer) => (answer.ok ? answer.json() : {}))
  .catch(() => ({}))
  .then((config) => {
    site.simulatedData = config.simulatedData ?? null;
  });

/** In words, whose money a figure is. `simulated` comes from the API with every amount. */
export function moneyWords(simulated) {
  if (simulated) return "Simulated orders. No money moves.";
  return site.simulatedData
    ? "Live orders at simulated venues. No money moves."
    : "Real orders with real money.";
}
