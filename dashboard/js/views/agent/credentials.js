import { KEY_FIELDS, keyWarning, overrideOf, statementFields, takeSecrets } from "../../credentials.js";
import { confirm } from "../../dialog.js";
import { fill, h } from "../../dom.js";
import * as format from "../../format.js";
import { formError, onSubmit } from "../../forms.js";
import { bind, panel, venueTag } from "../../parts.js";
import { toast } from "../../toast.js";

const EVERY_MS = 10_000;

/** Keys of each venue: set or rotate, test, remove. Never shown; of the public name the last four. */
export function tab(context, agentId, status) {
  const path = (venue) => `/api/agent/${agentId}/credentials/${venue}`;
  const place = h("div", {});
  const statusPath = `/api/agent/status/${agentId}`;
  const stop = bind(context, place, statusPath, EVERY_MS, ({ credentials }) =>
    h(
      "ul",
      { class: "keys-list" },
      status.agent.platforms.map((venue) => {
        const stub = credentials.find((one) => one.venue === venue);
        return h(
          "li",
          {},
          venueTag(venue),
          stub ? known(stub) : h("span", { class: "muted" }, "No keys"),
          stub &&
            h(
              "span",
              { class: "actions" },
              button("Test connection", `test-${venue}`, (target) =>
                test(context, path(venue), venue, target, statusPath),
              ),
              button(
                "Remove",
                `remove-${venue}`,
                () => remove(context, path(venue), venue, statusPath),
                "danger-text",
              ),
            ),
        );
      }),
    ),
  );
  return {
    stop,
    node: [
      panel(
        "Stored keys",
        { note: "Keys never leave the server. Saving them does not change the mode." },
        place,
      ),
      panel("Set or rotate keys", {}, setForm(context, status.agent.platforms, path, statusPath)),
    ],
  };
}

const known = (stub) =>
  h(
    "span",
    {},
    `${stub.kind} `,
    h("span", { class: "mono" }, `…${stub.last_four}`),
    " ",
    h(
      "span",
      { class: `badge ${stub.verified_at ? "good" : "warn"}` },
      stub.verified_at ? "Verified" : "Not verified",
    ),
    h(
      "span",
      { class: "muted" },
      ` set ${format.dateTime(stub.set_at)}${stub.verified_at ? `, verified ${format.dateTime(stub.verified_at)}` : ""}`,
    ),
  );

const button = (text, key, run, kind = "") =>
  h(
    "button",
    { class: `button small ${kind}`, "data-key": key, on: { click: (event) => run(event.currentTarget) } },
    text,
  );

async function test(context, path, venue, target, statusPath) {
  target.disabled = true;
  try {
    const answer = await context.api.send("POST", `${path}/test`);
    toast(
      `${format.venueName(venue)} accepted the keys. Balance there: ${format.usd(answer.balance)}.`,
      "good",
    );
  } catch (error) {
    toast(`${format.venueName(venue)}: ${error.message}`, "bad");
  } finally {
    target.disabled = false;
    context.feeds.refresh(statusPath);
  }
}

async function remove(context, path, venue, statusPath) {
  const name = format.venueName(venue);
  const sure = await confirm({
    title: `Remove the keys for ${name}?`,
    danger: true,
    action: "Remove keys",
    text: `This agent can no longer place real orders on ${name}.`,
  });
  if (!sure) return;
  try {
    await context.api.send("DELETE", path);
    toast(`Keys for ${name} removed.`, "good");
  } catch (error) {
    toast(error.message, "bad");
  }
  context.feeds.refresh(statusPath);
}

function setForm(context, platforms, path, statusPath) {
  const venue = h(
    "select",
    { id: "key-venue" },
    platforms.map((one) => h("option", { value: one }, format.venueName(one))),
  );
  const fields = h("div", { class: "stack" });
  const draw = () => fill(fields, KEY_FIELDS[venue.value](), statementFields());
  venue.addEventListener("change", draw);
  const form = h(
    "form",
    { class: "form narrow", "aria-label": "Venue keys" },
    keyWarning(),
    h("div", { class: "field" }, h("label", { for: "key-venue" }, "Venue"), venue),
    fields,
    formError(),
    h("div", { class: "form-end" }, h("button", { class: "button primary", type: "submit" }, "Save keys")),
  );
  draw();
  onSubmit(form, async (data) => {
    const secrets = takeSecrets(form);
    await context.api.send("PUT", path(venue.value), {
      ...secrets,
      jurisdiction: String(data.get("jurisdiction")).trim(),
      acceptTerms: data.get("acceptTerms") === "yes",
      ...overrideOf(data),
    });
    toast("Keys saved. Test the connection next.", "good");
    draw();
    context.feeds.refresh(statusPath);
  });
  return form;
}
