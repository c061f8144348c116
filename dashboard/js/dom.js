// Elements from data. Text goes in as text nodes only: nothing that a venue or a person wrote is ever HTML.

/**
 * An element. `attributes` may hold `class`, `on` ({event: handler}), `dataset`, booleans, properties
 * (value, checked) and plain attributes; null and false leave an attribute out.
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) set(element, name, value);
  element.append(...nodes(children));
  return element;
}

const PROPERTIES = new Set(["value", "checked", "disabled", "hidden", "open", "indeterminate"]);

function set(element, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name === "on") for (const [event, run] of Object.entries(value)) element.addEventListener(event, run);
  else if (name === "dataset") Object.assign(element.dataset, value);
  else if (PROPERTIES.has(name)) element[name] = value;
  else element.setAttribute(name, value === true ? "" : String(value));
}

function nodes(children) {
  return children
    .flat(Infinity)
    .filter((child) => child !== null && child !== undefined && child !== false)
    .map((child) => (child instanceof Node ? child : document.createTextNode(String(child))));
}

/** Replaces what is in `container`; the focus stays on the element with the same `data-key`. */
export function fill(container, ...children) {
  const wanted = nodes(children);
  const same =
    wanted.length === container.childNodes.length &&
    wanted.every((node, i) => node === container.childNodes[i]);
  if (same) return; // taking an element out and in again would lose its scroll position
  const focused = container.contains(document.activeElement) ? document.activeElement : null;
  const key = focused?.closest("[data-key]")?.dataset.key;
  container.replaceChildren(...wanted);
  if (key) container.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus({ preventScroll: true });
}

/** A unique id for labels and descriptions. */
let last = 0;
export const uid = (prefix) => `${prefix}-${++last}`;
