import { confirm } from "../../dialog.js";
import { fill, h } from "../../dom.js";
import { field, formError, onSubmit, whole } from "../../forms.js";
import { bind, moneyBadge, panel } from "../../parts.js";
import { readiness } from "../../readiness.js";
import { openFields, parameters, readParameters } from "../../strategies.js";
import { toast } from "../../toast.js";

const WHOLE = new Set(["maxTrades", "maxDays"]);
const FIELDS = [
  ["maxPosition", "Most at work", { unit: "USD", hint: "Cost of all open positions together, fees in." }],
  ["minProfit", "Least profit", { unit: "%", hint: "Of cost, net of all fees." }],
  ["maxTrades", "Trades a day", { hint: "Started per UTC day." }],
  ["stopLoss", "Stop loss", { unit: "%", hint: "Most of a leg's cost that undoing it may lose." }],
  [
    "maxDailyLoss",
    "Most loss a day",
    { unit: "USD", hint: "Per UTC day. Open positions count at their stops." },
  ],
  ["maxDays", "Longest wait", { unit: "days", hint: "Until a market settles." }],
];

/** Limits to edit (each edit is in the audit log), and the mode with the readiness gate's verdict. */
export function tab(context, agentId, status) {
  const form = h("form", { class: "form", "aria-label": "Limits" });
  let agent = status.agent;
  const draw = () =>
    fill(
      form,
      h(
        "div",
        { class: "fields" },
        FIELDS.map(([name, label, options]) =>
          field(name, label, { ...options, value: String(agent.limits[name]), inputmode: "decimal" }),
        ),
      ),
      formError(),
      h(
        "div",
        { class: "form-end" },
        h("button", { class: "button primary", type: "submit" }, "Save limits"),
        h("span", { class: "muted" }, `Version ${agent.version}. Each change is written to the audit log.`),
      ),
    );
  const reload = async () => {
    const { data } = await context.api.get(`/api/agent/status/${agentId}`);
    agent = data.agent;
    context.feeds.refresh(`/api/agent/status/${agentId}`);
  };
  onSubmit(form, async (data) => {
    const changes = changed(data, agent.limits);
    if (!Object.keys(changes).length) throw new Error("Nothing was changed.");
    await context.api.send("PATCH", `/api/agent/${agentId}`, { version: agent.version, ...changes });
    await reload();
    draw();
    toast("Limits saved.", "good");
  });
  draw();
  const verdict = h("div", {});
  const stop = bind(context, verdict, `/api/agent/${agentId}/readiness`, 60_000, readiness);
  return {
    node: [
      panel("Limits", {}, form),
      tuningPanel(context, agentId, () => agent, reload),
      modePanel(context, agentId, () => agent, reload, verdict),
      removal(context, agentId),
    ],
    stop,
  };
}

function changed(data, limits) {
  const found = {};
  for (const [name] of FIELDS) {
    const text = String(data.get(name)).trim();
    if (text !== String(limits[name])) found[name] = WHOLE.has(name) ? whole(text) : text;
  }
  return found;
}

/** The strategy's own parameters; the panel stays away where there is nothing to tune. */
function tuningPanel(context, agentId, agentNow, reload) {
  const place = h("div", { class: "stack" });
  const form = h("form", { class: "form", "aria-label": "Strategy" });
  let known = [];
  const draw = () =>
    fill(
      form,
      openFields(known, agentNow().strategyParams),
      formError(),
      h(
        "div",
        { class: "form-end" },
        h("button", { class: "button primary", type: "submit" }, "Save strategy"),
        h("span", { class: "muted" }, "From the next scan on; open positions keep no older rules."),
      ),
    );
  onSubmit(form, async (data) => {
    // the API takes all of them at once: what is not named is back at its default
    const { strategyParams = {} } = readParameters(data, known);
    await context.api.send("PATCH", `/api/agent/${agentId}`, { version: agentNow().version, strategyParams });
    await reload();
    draw();
    toast("Strategy saved.", "good");
  });
  parameters.then((table) => {
    known = table[agentNow().strategy] ?? [];
    if (!known.length) return;
    draw();
    fill(place, panel(`Strategy: ${agentNow().strategy}`, {}, form));
  });
  return place;
}

function modePanel(context, agentId, agentNow, reload, verdict) {
  const place = h("div", { class: "stack" });
  const problem = h("p", { class: "error", role: "alert" });
  const draw = () => {
    const live = agentNow().mode === "live";
    fill(
      place,
      h(
        "p",
        {},
        moneyBadge(!live),
        live ? " Real orders, with your money." : " Simulated orders on the books that the scan reads.",
      ),
      h(
        "button",
        { class: `button ${live ? "" : "danger"}`, on: { click: () => change(live ? "demo" : "live") } },
        live ? "Back to demo" : "Go live",
      ),
      problem,
    );
  };
  async function change(mode) {
    problem.textContent = "";
    const why = mode === "demo" ? "" : await askForLive();
    if (why === null) return;
    const override = why ? { readinessOverride: why } : {};
    try {
      await context.api.send("PATCH", `/api/agent/${agentId}`, {
        version: agentNow().version,
        mode,
        ...override,
      });
      await reload();
      draw();
    } catch (error) {
      problem.textContent = error.fields?.map((one) => one.problem).join("; ") || error.message;
    }
  }
  draw();
  return panel(
    "Mode",
    {
      note: "Live needs three yeses: the stack's, this agent's, and verified keys on every venue of a trade.",
    },
    place,
    h("h3", {}, "Readiness, from its demo record"),
    verdict,
  );
}

/** Null when declined; else the reason to go live before the record is evidence, empty when it is. */
const askForLive = () =>
  confirm({
    title: "Trade with real money?",
    danger: true,
    action: "Go live",
    text: [
      "From the next opportunity on, this agent places real orders on every venue whose keys are verified.",
      "Profits are small, losses can be larger: a leg may fail, a venue may resolve differently.",
    ],
    reason: "If its demo record is not evidence yet: why all the same? (kept in the audit log)",
    optional: true,
  });

const askToTakeOver = (error) =>
  confirm({
    title: "Take over what is open?",
    danger: true,
    action: "Remove, I take over",
    text: [error.message, "Removed all the same, you look after these positions at the venues yourself."],
  });

/** Takes the agent away with its keys. What is open and real keeps it, unless its owner takes that over. */
function removal(context, agentId) {
  const problem = h("p", { class: "error", role: "alert" });
  const remove = async () => {
    problem.textContent = "";
    const sure = await confirm({
      title: "Remove this agent?",
      danger: true,
      action: "Remove agent",
      text: "Its keys are deleted and it can never trade again. Its trades and its audit log are kept.",
    });
    if (!sure) return;
    await send("");
  };
  const send = async (query) => {
    try {
      await context.api.send("DELETE", `/api/agent/${agentId}${query}`);
      toast("Agent removed.", "good");
      context.go("");
    } catch (error) {
      problem.textContent = error.message;
      if (!query && error.message.includes("handOver") && (await askToTakeOver(error)))
        await send("?handOver=true");
    }
  };
  return panel(
    "Remove",
    {},
    h(
      "div",
      { class: "stack tight" },
      h("p", {}, "Takes the agent and its stored keys away. Stop it and close its positions first."),
      h("button", { class: "button danger-text", on: { click: remove } }, "Remove agent"),
      problem,
    ),
  );
}
