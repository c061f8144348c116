import { signInButton } from "../account.js";
import { h } from "../dom.js";

/** What a view shows that needs a wallet while nobody is signed in. */
export function view({ session }) {
  return {
    title: "Sign in",
    node: [
      h("h1", {}, "Sign in to see this"),
      h(
        "p",
        { class: "lead" },
        "Agents, trades and pair details belong to a wallet. Your wallet signs a short text; nothing is sent on a chain.",
      ),
      signInButton(session),
    ],
  };
}
