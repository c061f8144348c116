import { confirm } from "../../dialog.js";
import { fill, h } from "../../dom.js";
import { field, formError, onSubmit, whole } from "../../forms.js";
import { bind, moneyBadge, panel } from "../../parts.js";
import { readiness } from "../../readiness.js";
import { toast } from "../../toast.js";

const WHOLE = new Set(["maxTrades", "maxDays"]);
const FIELDS = [
  ["maxPosition", "Most at work", { unit: "USD", hint: "Cost of all open positions together, fees in." }],
  ["minProfit", "Least profit", { unit: "%", hint: "Of cost, net of all fees." }],
  ["maxTrades", "Trades a day", { hint: "Started per UTC day." }],
  ["stopLoss", "Stop loss", { unit: "%", hint: "Most of a leg's cost that undoing it may lose." }],
  ["maxDailyLoss", "Most loss a day", { unit: "USD", hint: "Realised and unrealised, per UTC day." }],
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
    node: [panel("Limits", {}, form), modePanel(context, agentId, () => agent, reload, verdict)],
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
    const sure =
      mode === "demo" ||
      (await confirm({
        title: "Trade with real money?",
        danger: true,
        action: "Go live",
        text: [
          "From the next opportunity on, this agent places real orders on every venue whose keys are verified.",
          "Profits are small, losses can be larger: a leg may fail, a venue may resolve differently.",
        ],
      }));
    if (!sure) return;
    try {
      await context.api.send("PATCH", `/api/agent/${agentId}`, { version: agentNow().version, mode });
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
