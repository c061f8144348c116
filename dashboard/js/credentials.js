// Fields for venue keys. What is typed is sent once and wiped from the page, whatever the answer.

import { h } from "./dom.js";
import { choice, field, group } from "./forms.js";

const SECRET = { type: "password", autocomplete: "off", spellcheck: "false" };

/** The API's field names of each venue. */
export const KEY_FIELDS = {
  polymarket: () => [
    field("privateKey", "Private key", {
      ...SECRET,
      hint: "Of the wallet that trades. Who has it can move its money: use one made for this.",
    }),
    field("polymarketFunder", "Funder address", {
      autocomplete: "off",
      spellcheck: "false",
      hint: "Left empty it is derived from the key.",
    }),
  ],
  kalshi: () => [
    field("kalshiApiKey", "API key id", { ...SECRET, hint: "From Kalshi's account settings." }),
    field("kalshiApiSecret", "RSA private key (PEM)", {
      control: h("textarea", {
        rows: "4",
        class: "masked",
        spellcheck: "false",
        autocomplete: "off",
        placeholder: "-----BEGIN",
      }),
      hint: "The whole file, with its first and last line.",
    }),
  ],
  limitless: () => [
    field("privateKey", "Private key", { ...SECRET, hint: "Of the wallet that signs orders on Base." }),
    field("limitlessApiKey", "API key", SECRET),
    field("limitlessApiSecret", "API secret", SECRET),
  ],
};

export const SECRET_NAMES = [
  "privateKey",
  "polymarketFunder",
  "kalshiApiKey",
  "kalshiApiSecret",
  "limitlessApiKey",
  "limitlessApiSecret",
];

export const keyWarning = () =>
  h(
    "div",
    { class: "notice warn" },
    h(
      "p",
      {},
      h("strong", {}, "Keys can lose real money. "),
      "They are sent once, kept encrypted by the server, and never shown again. ",
      "Use an account with only what you can lose, and no withdrawal right where the venue offers that.",
    ),
    !window.isSecureContext &&
      h("p", {}, h("strong", {}, "This connection is not encrypted: do not type keys here.")),
  );

/** Where the person may trade, that he may, and why before there is evidence. */
export const statementFields = () => [
  field("jurisdiction", "Where you live", {
    maxlength: "6",
    placeholder: "CH, CA-QC",
    hint: "ISO 3166 code. Venues are not open to everybody.",
  }),
  group(
    "acceptTerms",
    "Terms",
    choice("checkbox", "acceptTerms", "yes", "I may trade on this venue and have read its terms"),
  ),
  field("readinessOverride", "Why keys before the demo record is evidence", {
    maxlength: "500",
    hint: "Only where readiness is not met yet. Your words are kept in the audit log.",
  }),
];

/** What was typed of the secrets; the inputs are empty afterwards. */
export function takeSecrets(form) {
  const given = {};
  for (const name of SECRET_NAMES) {
    for (const input of form.querySelectorAll(`[name="${name}"]`)) {
      if (input.value.trim()) given[name] = name === "kalshiApiSecret" ? input.value : input.value.trim();
      input.value = "";
    }
  }
  return given;
}

/** The owner's reason to do without the demo record's evidence, when one was given. */
export function overrideOf(data) {
  const text = String(data.get("readinessOverride") ?? "").trim();
  return text ? { readinessOverride: text } : {};
}
