// Who is signed in. The token stays in the Api object: not in storage, not in the page.

import { signInMessage } from "./siwe.js";
import { connect, signText } from "./wallet.js";

const WARN_BEFORE_MS = 60_000;

/** Emits "change" when somebody signs in, out, or the session is about to end. */
export class Session extends EventTarget {
  #api;
  #timers = [];
  #provider = null;
  wallet = "";
  operator = false;
  endsAt = 0;
  ending = false;
  /** The last session ended by itself: say so instead of showing the page of a stranger. */
  ended = false;

  constructor(api) {
    super();
    this.#api = api;
    api.onSignedOut = () => this.#end(true);
  }

  get signedIn() {
    return this.wallet !== "";
  }

  /** Asks the wallet to connect and to sign. Throws WalletRefused, Problem, Unreachable. */
  async signIn(provider) {
    const { address, chainId } = await connect(provider);
    const { nonce } = await this.#api.send("POST", "/api/auth/nonce");
    const message = signInMessage({ address, nonce, chainId, nowMs: this.#api.now() });
    const signature = await signText(provider, address, message);
    const answer = await this.#api.send("POST", "/api/auth/verify", { message, signature });
    this.#api.token = answer.token;
    this.wallet = answer.wallet;
    this.endsAt = Date.parse(answer.expires_at);
    this.operator = await this.#isOperator();
    this.#listen(provider);
    this.#remind();
    this.ended = false;
    this.#changed();
  }

  /** Signs in again with the same wallet, before the token ends. */
  renew() {
    return this.signIn(this.#provider);
  }

  signOut() {
    this.#api.token = "";
    this.#end(false);
  }

  async #isOperator() {
    try {
      await this.#api.get("/api/control");
      return true;
    } catch {
      return false;
    }
  }

  /** Another account in the wallet is another person to the API. */
  #listen(provider) {
    if (this.#provider === provider) return;
    this.#provider = provider;
    provider.on?.("accountsChanged", (accounts) => {
      if (this.signedIn && accounts?.[0]?.toLowerCase() !== this.wallet) this.signOut();
    });
  }

  #remind() {
    this.#timers.forEach(clearTimeout);
    const left = this.endsAt - this.#api.now();
    this.ending = false;
    this.#timers = [
      setTimeout(
        () => {
          this.ending = true;
          this.#changed();
        },
        Math.max(0, left - WARN_BEFORE_MS),
      ),
      setTimeout(
        () => {
          this.#api.token = "";
          this.#end(true);
        },
        Math.max(0, left),
      ),
    ];
  }

  #end(byItself) {
    this.#timers.forEach(clearTimeout);
    this.ended = byItself && this.signedIn;
    this.wallet = "";
    this.operator = false;
    this.ending = false;
    this.#changed();
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }
}
