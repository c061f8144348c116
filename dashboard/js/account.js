// The top right corner: choosing a wallet, signing in, and who is signed in.

import { show } from "./dialog.js";
import { fill, h } from "./dom.js";
import * as format from "./format.js";
import { toast } from "./toast.js";
import { discover, wallets } from "./wallet.js";

/** Keeps `place` showing a sign-in button or the wallet with a way out. */
export function accountCorner(place, session) {
  const draw = () => fill(place, session.signedIn ? signedIn(session) : signInButton(session));
  session.addEventListener("change", draw);
  draw();
}

function signedIn(session) {
  return h(
    "span",
    { class: "account" },
    session.operator && h("span", { class: "badge hide-phone" }, "Operator"),
    h("span", { class: "mono", title: session.wallet }, format.short(session.wallet)),
    h(
      "button",
      { class: "button small", "data-key": "sign-out", on: { click: () => session.signOut() } },
      "Sign out",
    ),
  );
}

export function signInButton(session, text = "Sign in with wallet") {
  return h(
    "button",
    { class: "button primary", "data-key": "sign-in", on: { click: () => chooseWallet(session) } },
    text,
  );
}

/** One wallet is asked at once; of several the person chooses; with none the page says what is needed. */
function chooseWallet(session) {
  discover(() => {})();
  const found = wallets();
  if (found.length === 1) return signIn(session, found[0].provider);
  const place = h("div", { class: "wallets" });
  const close = show(found.length ? "Choose a wallet" : "No wallet found", place);
  const draw = () =>
    fill(
      place,
      wallets().length
        ? wallets().map((wallet) =>
            h(
              "button",
              {
                class: "button wallet",
                on: {
                  click: () => {
                    close();
                    signIn(session, wallet.provider);
                  },
                },
              },
              wallet.icon && h("img", { src: wallet.icon, alt: "", width: "24", height: "24" }),
              wallet.name,
            ),
          )
        : h(
            "p",
            {},
            "Install a browser wallet such as MetaMask, Rabby or Frame, then reload this page. ",
            "Venue health and opportunities can be read without one.",
          ),
    );
  const stop = discover(draw);
  draw();
  place.closest("dialog").addEventListener("close", stop);
  return undefined;
}

export async function signIn(session, provider) {
  try {
    await session.signIn(provider);
    toast(`Signed in as ${format.short(session.wallet)}.`, "good");
  } catch (error) {
    toast(error.message, "bad");
  }
}
