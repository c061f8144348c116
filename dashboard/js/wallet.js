// Injected wallets: found by EIP-6963 announcements, else window.ethereum; spoken to by EIP-1193.

const found = new Map();
const listeners = new Set();

window.addEventListener("eip6963:announceProvider", (event) => {
  const { info, provider } = event.detail ?? {};
  if (!info?.uuid || typeof provider?.request !== "function" || found.has(info.uuid)) return;
  found.set(info.uuid, { id: info.uuid, name: String(info.name), icon: iconOf(info), provider });
  for (const tell of listeners) tell();
});

/** Only pictures that the wallet carries itself: a link would tell a stranger that it is here. */
function iconOf(info) {
  return /^data:image\/(svg\+xml|png|webp|gif|jpeg)[;,]/.test(info.icon ?? "") ? info.icon : null;
}

/** Asks wallets to announce themselves; late ones call `changed`. Returns a function that ends it. */
export function discover(changed) {
  listeners.add(changed);
  window.dispatchEvent(new Event("eip6963:requestProvider"));
  return () => listeners.delete(changed);
}

/** [{id, name, icon, provider}]; one without announcements is last. */
export function wallets() {
  const all = [...found.values()];
  const old = window.ethereum;
  if (typeof old?.request === "function" && !all.some((wallet) => wallet.provider === old)) {
    all.push({
      id: "injected",
      name: old.isMetaMask ? "MetaMask" : "Browser wallet",
      icon: null,
      provider: old,
    });
  }
  return all;
}

/** What a wallet said no to, in words. EIP-1193 codes. */
export class WalletRefused extends Error {
  constructor(error) {
    const words = {
      4001: "You declined in your wallet.",
      4100: "The wallet does not allow this site: unlock it and try again.",
      4200: "The wallet cannot sign messages.",
      4900: "The wallet is disconnected.",
      [-32002]: "The wallet already has a question open: look at its window.",
    };
    super(words[error?.code] ?? `The wallet answered: ${error?.message ?? "nothing"}`);
    this.name = "WalletRefused";
  }
}

async function ask(provider, method, params = []) {
  try {
    return await provider.request({ method, params });
  } catch (error) {
    throw new WalletRefused(error);
  }
}

/** {address, chainId} of the account that the person chose. */
export async function connect(provider) {
  const accounts = await ask(provider, "eth_requestAccounts");
  if (!accounts?.length) throw new WalletRefused({ message: "no account" });
  const chainId = Number.parseInt(await ask(provider, "eth_chainId"), 16);
  return { address: accounts[0], chainId };
}

/** The EIP-191 signature of text, lower-case hex. */
export async function signText(provider, address, text) {
  const hex = Array.from(new TextEncoder().encode(text), (byte) => byte.toString(16).padStart(2, "0")).join(
    "",
  );
  const signature = await ask(provider, "personal_sign", [`0x${hex}`, address]);
  return String(signature).toLowerCase();
}
