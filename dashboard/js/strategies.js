// The strategies, by the API's names. Which of them this stack runs, the API says when one is asked for.

export const STRATEGIES = [
  { name: "arbitrage", label: "Arbitrage", hint: "Buys both sides of a question where they cost less than a dollar together." },
  { name: "momentum", label: "Momentum", hint: "Follows a price that moves, on one venue. Not hedged." },
  { name: "mean-reversion", label: "Mean reversion", hint: "Bets that a price returns to its average, on one venue. Not hedged." },
];

/** Fields for a strategy's own parameters; none of them has any in this version of the API. */
export const parameterFields = () => [];
export const readParameters = () => ({});
