// Starts the page: one API client, one session, one set of feeds; the address after # names the view.

import { accountCorner } from "./account.js";
import { Api } from "./api.js";
import { fill, h } from "./dom.js";
import { Feeds } from "./feeds.js";
import { Freshness } from "./freshness.js";
import { Session } from "./session.js";
import { site, siteLoaded } from "./site.js";
import { toast } from "./toast.js";

const ID = "([A-Za-z]+_[0-9A-Z]+)";
/** [address, module, whether it needs a signed-in wallet]. */
const ROUTES = [
  [/^$/, "overview", false],
  [/^opportunities$/, "opportunities", false],
  [/^venues$/, "venues", false],
  [new RegExp(`^pair/${ID}$`), "pair", true],
  [/^agents\/new$/, "create", true],
  [new RegExp(`^agent/${ID}(?:/([a-z]+))?$`), "agent", true],
  [new RegExp(`^trade/${ID}$`), "trade", true],
  [/^pairs(?:\/([a-z]+))?$/, "pairs", true],
  [/^operators$/, "operators", true],
];
const NAV = [
  ["", "Overview", () => true],
  ["opportunities", "Opportunities", () => true],
  ["venues", "Venues", () => true],
  ["pairs", "Pairs", (session) => session.signedIn],
  ["operators", "Operators", (session) => session.operator],
];

const api = new Api();
const feeds = new Feeds(api);
const session = new Session(api);
const freshness = new Freshness(api, feeds);
const context = { api, feeds, session, freshness, go };
const main = document.getElementById("main");
let leave = () => {};
let shown = 0;

const path = () => window.location.hash.replace(/^#\/?/, "").replace(/\/$/, "");

function go(address) {
  window.location.hash = `#/${address}`;
}

async function route({ focus = true } = {}) {
  const turn = ++shown;
  const address = path();
  const [found] = ROUTES.map(([pattern, ...rest]) => [pattern.exec(address), ...rest]).filter(
    ([match]) => match,
  );
  const [match, name, locked] = found ?? [[""], "missing", false];
  drawNav(address);
  const { view } = await load(locked && !session.signedIn ? "locked" : name);
  if (turn !== shown || !view) return; // another address was asked for meanwhile
  leave();
  const { title, node, stop } = view(context, ...match.slice(1));
  leave = stop ?? (() => {});
  document.title = title === "Dutchbook" ? title : `${title} · Dutchbook`;
  fill(main, node);
  if (focus) {
    main.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }
}

async function load(name) {
  try {
    return await import(`./views/${name}.js`);
  } catch {
    toast("This part of the page could not be loaded: check the connection and reload.", "bad");
    return {};
  }
}

function drawNav(address) {
  const here = address
    .split("/")[0]
    .replace(/^(agents?|trade)$/, "")
    .replace(/^pair$/, "pairs");
  fill(
    document.getElementById("nav"),
    NAV.filter(([, , allowed]) => allowed(session)).map(([key, text]) =>
      h(
        "a",
        { href: `#/${key}`, "data-key": `nav-${key}`, "aria-current": key === here ? "page" : null },
        text,
      ),
    ),
  );
}

function drawBadges() {
  const place = document.getElementById("badges");
  const draw = () => {
    const live = freshness.health?.live_trading;
    fill(
      place,
      site.simulatedData &&
        h(
          "span",
          { class: "badge simulated", title: "Books, prices and markets come from simulators" },
          "Simulated data",
        ),
      freshness.health &&
        (live
          ? h(
              "span",
              { class: "badge live", title: "This stack may place real orders for agents in live mode" },
              "Live trading on",
            )
          : h(
              "span",
              { class: "badge demo", title: "Every order of this stack is simulated" },
              "Demo orders only",
            )),
    );
  };
  freshness.addEventListener("change", draw);
  siteLoaded.then(draw);
}

function drawNotices() {
  const notices = [...freshness.notices];
  const renew = h(
    "button",
    {
      class: "button small",
      on: { click: () => session.renew().catch((error) => toast(error.message, "bad")) },
    },
    "Stay signed in",
  );
  const nodes = notices.map(({ kind, text }) => h("p", { class: `notice ${kind}` }, text));
  if (session.ending)
    nodes.push(h("p", { class: "notice warn" }, "Your session ends within a minute. ", renew));
  if (session.ended)
    nodes.push(h("p", { class: "notice" }, "Your session has ended. Sign in again to see your agents."));
  fill(document.getElementById("notices"), nodes);
  document.body.dataset.freshness = freshness.state;
}

session.addEventListener("change", () => {
  drawNotices();
  if (session.wallet !== session.was) {
    session.was = session.wallet;
    feeds.clear();
    route({ focus: false });
  }
});
freshness.addEventListener("change", drawNotices);
freshness.addEventListener("second", () => {
  const place = document.getElementById("tick");
  if (place.textContent !== freshness.words) place.textContent = freshness.words;
});
window.addEventListener("hashchange", () => route());

accountCorner(document.getElementById("account"), session);
drawBadges();
route({ focus: false });
