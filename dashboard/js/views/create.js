// A new agent: venues, strategy, limits with the original defaults, mode, and keys for those who bring some.

import {
  KEY_FIELDS,
  keyWarning,
  overrideOf,
  SECRET_NAMES,
  statementFields,
  takeSecrets,
} from "../credentials.js";
import { fill, h } from "../dom.js";
import { choice, field, formError, group, onSubmit, showErrors, whole } from "../forms.js";
import { VENUES } from "../format.js";
import { moneyBadge } from "../parts.js";
import { parameterFields, parameters as allParameters, readParameters, STRATEGIES } from "../strategies.js";
import { toast } from "../toast.js";

export function view(context) {
  const form = h("form", { class: "form", "aria-label": "New agent" });
  const keys = h("div", { class: "stack" });
  const tuning = h("div", {});
  let known = {};
  const chosen = () => [...form.querySelectorAll("[name=platforms]:checked")].map((input) => input.value);
  const drawKeys = () => fill(keys, keyFields(chosen()));
  const drawParameters = () => fill(tuning, parameterFields(known[form.elements.strategy.value]));
  form.append(
    section(
      "Venues",
      "It trades only where both sides of a pair are chosen.",
      platforms(drawKeys),
      wallet(context),
    ),
    section("Strategy", null, strategies(drawParameters), tuning),
    section("Limits", "The agent never goes beyond these. They can be edited later.", limits()),
    section("Mode", null, modes()),
    h(
      "details",
      { class: "panel" },
      h(
        "summary",
        {},
        h("h2", {}, "Venue keys"),
        h("span", { class: "muted" }, "optional; a demo agent needs none"),
      ),
      keys,
    ),
    formError(),
    h(
      "div",
      { class: "form-end" },
      h("button", { class: "button primary", type: "submit" }, "Create agent"),
      h("span", { class: "muted" }, "It starts inactive: you start it on its page."),
    ),
  );
  const promise = h("ul", { class: "plain-list" });
  const drawPromise = () => fill(promise, inWords(form, chosen()));
  form.addEventListener("input", drawPromise);
  drawKeys();
  drawParameters();
  drawPromise();
  allParameters.then((table) => {
    known = table;
    drawParameters();
  });
  onSubmit(form, async (data) => {
    const body = request(form, data, chosen(), known[form.elements.strategy.value]);
    try {
      const { agent_id: id } = await context.api.send("POST", "/api/agent/register", body);
      toast("Agent created. Start it when you are ready.", "good");
      context.go(`agent/${id}${usesKeys(body) ? "/credentials" : ""}`);
    } catch (error) {
      if (usesKeys(body)) toast("Keys are wiped from the page after each try: type them again.", "warn");
      form.querySelector("details.panel").open ||= usesKeys(body);
      showErrors(form, error);
    }
  });
  const aside = h(
    "aside",
    { class: "panel", "aria-label": "What this agent may do" },
    h("header", { class: "panel-head" }, h("h2", {}, "In plain words")),
    promise,
  );
  return {
    title: "New agent",
    node: h(
      "div",
      { class: "stack" },
      h("h1", {}, "New agent"),
      h("div", { class: "form-page" }, form, aside),
    ),
  };
}

/** What the form says so far, as sentences. */
function inWords(form, venues) {
  const value = (name) => h("strong", {}, form.elements[name].value.trim() || "…");
  const names = venues.map((venue) => VENUES[venue]);
  const live = form.elements.mode.value === "live";
  return [
    h(
      "li",
      {},
      live ? moneyBadge(false) : moneyBadge(true),
      live ? " It trades with your money." : " It trades with simulated money.",
    ),
    h(
      "li",
      {},
      names.length > 1
        ? `It trades on ${names.slice(0, -1).join(", ")} and ${names.at(-1)}.`
        : names.length
          ? `It trades on ${names[0]} alone: only pairs within that venue.`
          : "It trades nowhere yet: choose a venue.",
    ),
    h(
      "li",
      {},
      "It never has more than ",
      value("maxPosition"),
      " dollars at work, and starts at most ",
      value("maxTrades"),
      " trades a day.",
    ),
    h(
      "li",
      {},
      "It takes only what pays ",
      value("minProfit"),
      " % or more after all fees, and settles within ",
      value("maxDays"),
      " days.",
    ),
    h(
      "li",
      {},
      "When one leg falls short it gives up at most ",
      value("stopLoss"),
      " % of the other leg's cost; beyond that it stops and calls you.",
    ),
  ];
}

const usesKeys = (body) => Object.keys(body).some((name) => SECRET_NAMES.includes(name));

function section(title, note, ...children) {
  return h(
    "section",
    { class: "panel" },
    h("header", { class: "panel-head" }, h("h2", {}, title)),
    note && h("p", { class: "panel-note" }, note),
    children,
  );
}

function platforms(changed) {
  const boxes = Object.entries(VENUES).map(([venue, name]) =>
    choice("checkbox", "platforms", venue, name, { checked: venue !== "limitless" }),
  );
  for (const box of boxes) box.addEventListener("change", changed);
  return group("platforms", "Trade on", h("div", { class: "choices" }, boxes));
}

const wallet = (context) =>
  field("wallet", "Owner", {
    value: context.session.wallet,
    class: "mono",
    spellcheck: "false",
    hint: "The wallet that you signed in with.",
  });

function strategies(changed) {
  const boxes = STRATEGIES.map(({ name, label, hint }, i) =>
    choice("radio", "strategy", name, label, { checked: i === 0, hint }),
  );
  for (const box of boxes) box.addEventListener("change", changed);
  return group("strategy", "How it looks for profit", h("div", { class: "choices tall" }, boxes));
}

const limits = () =>
  h(
    "div",
    { class: "fields" },
    field("maxPosition", "Most at work", {
      value: "100",
      unit: "USD",
      inputmode: "decimal",
      hint: "Cost of all open positions together, fees in.",
    }),
    field("minProfit", "Least profit", {
      value: "2",
      unit: "%",
      inputmode: "decimal",
      hint: "Of cost, net of all fees, for every slice of a trade.",
    }),
    field("maxTrades", "Trades a day", { value: "50", inputmode: "numeric", hint: "Started per UTC day." }),
    field("stopLoss", "Stop loss", {
      value: "5",
      unit: "%",
      inputmode: "decimal",
      hint: "Most of a leg's cost that undoing it may lose. It concerns what is not hedged.",
    }),
    field("maxDailyLoss", "Most loss a day", {
      unit: "USD",
      inputmode: "decimal",
      hint: "Open positions count at their stops. Empty: most at work × stop loss.",
    }),
    field("maxDays", "Longest wait", {
      value: "180",
      unit: "days",
      inputmode: "numeric",
      hint: "Until a market settles.",
    }),
  );

const modes = () =>
  group(
    "mode",
    "Whose money",
    h(
      "div",
      { class: "choices tall" },
      choice("radio", "mode", "demo", "Demo", {
        checked: true,
        hint: "Real books, simulated orders, 1,000 simulated dollars a venue.",
      }),
      choice("radio", "mode", "live", "Live", {
        hint: "Real orders with your money. Needs verified keys on every venue; the agent's page shows whether its demo record is evidence enough.",
      }),
    ),
  );

/** Keys of the chosen venues; the private key once, since two venues share it. */
function keyFields(venues) {
  const used = new Set();
  const parts = venues.map((venue) => {
    const fields = KEY_FIELDS[venue]().filter((one) => !used.has(one.dataset.field));
    for (const one of fields) used.add(one.dataset.field);
    return h("fieldset", { class: "key-set" }, h("legend", {}, VENUES[venue]), fields);
  });
  return venues.length
    ? [
        keyWarning(),
        parts,
        statementFields(),
        h("p", { class: "muted" }, "You can test the connection on the agent's page once it is created."),
      ]
    : h("p", {}, "Choose a venue first.");
}

/** The API's body: amounts as the decimal strings that were typed, so that no float comes between. */
function request(form, data, venues, known) {
  const text = (name) => String(data.get(name) ?? "").trim();
  const body = {
    wallet: text("wallet"),
    platforms: Object.fromEntries(Object.keys(VENUES).map((venue) => [venue, venues.includes(venue)])),
    strategy: text("strategy"),
    maxPosition: text("maxPosition"),
    minProfit: text("minProfit"),
    maxTrades: whole(text("maxTrades")),
    stopLoss: text("stopLoss"),
    maxDays: whole(text("maxDays")),
    mode: text("mode"),
    ...readParameters(data, known),
    ...takeSecrets(form),
    ...overrideOf(data),
  };
  if (text("maxDailyLoss")) body.maxDailyLoss = text("maxDailyLoss");
  if (text("jurisdiction")) body.jurisdiction = text("jurisdiction");
  if (data.get("acceptTerms")) body.acceptTerms = true;
  return body;
}
