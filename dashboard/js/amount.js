// Money as the API counts it: BigInt of a millionth. Floats appear only where pixels are drawn.

const DECIMAL = /^(-?)(\d+)(?:\.(\d{1,6}))?$/;
export const ONE = 1_000_000n;

/** Micros of a decimal string of the API; null for null. Throws TypeError for anything else. */
export function micros(text) {
  if (text === null || text === undefined) return null;
  const found = DECIMAL.exec(String(text));
  if (!found) throw new TypeError(`${text} is no decimal of at most six places`);
  const value = BigInt(found[2]) * ONE + BigInt((found[3] ?? "").padEnd(6, "0"));
  return found[1] ? -value : value;
}

/** The decimal string of micros, without trailing zeros. */
export function decimal(value) {
  const digits = (value < 0n ? -value : value).toString().padStart(7, "0");
  const fraction = digits.slice(-6).replace(/0+$/, "");
  return `${value < 0n ? "-" : ""}${digits.slice(0, -6)}${fraction ? `.${fraction}` : ""}`;
}

/** Rounded down (towards minus infinity) to `places` decimals: no profit is ever shown larger than it is. */
export function floorTo(value, places) {
  const unit = 10n ** BigInt(6 - places);
  const rest = ((value % unit) + unit) % unit;
  return value - rest;
}

/** Sum of decimal strings in micros; null when any is null, since a sum with a hole is no sum. */
export function total(texts) {
  let sum = 0n;
  for (const text of texts) {
    const value = micros(text);
    if (value === null) return null;
    sum += value;
  }
  return sum;
}

/** price × shares in micros, rounded down. */
export const times = (price, shares) => (price * shares) / ONE;
export const least = (a, b) => (a < b ? a : b);
export const magnitude = (value) => (value < 0n ? -value : value);

/** For pixels only. */
export const toNumber = (value) => Number(value) / 1e6;
