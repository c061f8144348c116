import { h } from "../dom.js";

/** An address that names no view. */
export function view() {
  return {
    title: "Not found",
    node: [h("h1", {}, "No such page"), h("p", {}, h("a", { href: "#/" }, "Go to the overview"))],
  };
}
