// The sign-in message, exactly as EIP-4361 spells it: the API reads it by one strict grammar.

import { checksumAddress } from "./keccak.js";

const STATEMENT = "Sign in to Dutchbook. This costs nothing and moves nothing.";
const LIFE_MS = 5 * 60_000;
const CHAINS = new Set([1, 137, 8453]);
const POLYGON = 137;

/** The text that the wallet signs. `nowMs` is the server's clock, which judges the times. */
export function signInMessage({ address, nonce, chainId, nowMs, site = window.location }) {
  const chain = CHAINS.has(chainId) ? chainId : POLYGON;
  const instant = (at) => new Date(at).toISOString();
  return [
    `${site.host} wants you to sign in with your Ethereum account:`,
    checksumAddress(address),
    "",
    STATEMENT,
    "",
    `URI: ${site.origin}`,
    "Version: 1",
    `Chain ID: ${chain}`,
    `Nonce: ${nonce}`,
    `Issued At: ${instant(nowMs)}`,
    `Expiration Time: ${instant(nowMs + LIFE_MS)}`,
  ].join("\n");
}
