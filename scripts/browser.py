"""Chromium with a wallet in the page that really signs: for the browser tests, screenshots and bench.

The wallet announces itself by EIP-6963 as an extension would; its key stays in this process.
"""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, sync_playwright

from local.api import Wallet

# without these Chromium asks Google's hosts at every start
_FLAGS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    "--no-sandbox",
]

_PROVIDER = """
(() => {
  const listeners = {};
  const provider = {
    request: async ({ method, params }) => {
      const answer = JSON.parse(await window.testWallet(method, JSON.stringify(params ?? [])));
      if (answer.error) throw answer.error;
      return answer.result;
    },
    on: (event, run) => { listeners[event] = run; },
  };
  window.testWalletEmit = (event, value) => listeners[event]?.(value);
  const info = Object.freeze({
    uuid: "8f1e1a52-0000-4000-8000-000000000001", name: "Test wallet", icon: "", rdns: "test.wallet",
  });
  const announce = () => window.dispatchEvent(
    new CustomEvent("eip6963:announceProvider", { detail: Object.freeze({ info, provider }) }));
  window.addEventListener("eip6963:requestProvider", announce);
  announce();
})();
"""


def chromium() -> str:
    """Path of the browser, empty where none is installed."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or ""


@contextmanager
def browser() -> Iterator[Browser]:
    """A headless Chromium. Raises RuntimeError where none is installed."""
    path = chromium()
    if not path:
        raise RuntimeError("Chromium is not installed (Debian: apt-get install chromium)")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=_FLAGS)
        try:
            yield started
        finally:
            started.close()


def inject(context: BrowserContext, wallet: Wallet, *, declines: bool = False) -> None:
    """Puts the wallet into every page of the context; `declines` makes it refuse to sign, as a person can."""

    def answer(method: str, params: str) -> str:
        if method == "eth_requestAccounts":
            # lower case, as MetaMask answers: the page has to find the capitals
            return json.dumps({"result": [wallet.address.lower()]})
        if method == "eth_chainId":
            return json.dumps({"result": "0x89"})
        if method == "personal_sign" and not declines:
            text = bytes.fromhex(json.loads(params)[0][2:]).decode()
            return json.dumps({"result": wallet.sign_text(text)})
        code = 4001 if method == "personal_sign" else 4200
        return json.dumps({"error": {"code": code, "message": "refused"}})

    context.expose_function("testWallet", answer)
    context.add_init_script(_PROVIDER)


def axe_source() -> str:
    """axe-core's script, empty where it is not installed (scripts/dashboard_setup.sh)."""
    file = Path(__file__).parent.parent / "dashboard" / "node_modules" / "axe-core" / "axe.min.js"
    return file.read_text() if file.is_file() else ""
