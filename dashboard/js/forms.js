// Fields with a label, a hint and the place where the API's word on them appears.

import { Problem } from "./api.js";
import { h, uid } from "./dom.js";

/**
 * A labelled control. `name` is the API's field name: errors find it by that. `control` overrides the input.
 */
export function field(name, label, { hint = "", unit = "", control = null, ...attributes } = {}) {
  const id = uid(name.replaceAll(".", "-"));
  const input = control ?? h("input", { autocomplete: "off", ...attributes });
  input.id = id;
  input.name = name;
  input.setAttribute("aria-describedby", `${id}-hint ${id}-error`);
  return h(
    "div",
    { class: "field", dataset: { field: name } },
    h("label", { for: id }, label),
    h(
      "div",
      { class: unit ? "with-unit" : "" },
      input,
      unit && h("span", { class: "unit", "aria-hidden": "true" }, unit),
    ),
    h("p", { class: "hint", id: `${id}-hint` }, hint),
    h("p", { class: "error", id: `${id}-error` }),
  );
}

/** A group of choices with a legend, errors as for a field. */
export function group(name, legend, ...children) {
  const id = uid(name);
  return h(
    "fieldset",
    { class: "field", dataset: { field: name }, "aria-describedby": `${id}-error` },
    h("legend", {}, legend),
    children,
    h("p", { class: "error", id: `${id}-error` }),
  );
}

export function choice(type, name, value, label, { checked = false, hint = "" } = {}) {
  return h(
    "label",
    { class: "choice" },
    h("input", { type, name, value, checked }),
    h("span", {}, h("strong", {}, label), hint && h("small", {}, hint)),
  );
}

export function clearErrors(form) {
  for (const place of form.querySelectorAll(".error")) place.textContent = "";
  for (const control of form.querySelectorAll("[aria-invalid]")) control.removeAttribute("aria-invalid");
}

/**
 * Puts each complaint of the API at its field and the focus on the first; what names no field of this form,
 * and any other failure, goes to `.form-error`.
 */
export function showErrors(form, error) {
  const left = [];
  let first = null;
  for (const { field: name, problem } of error instanceof Problem ? error.fields : []) {
    const box = form.querySelector(`[data-field="${CSS.escape(name)}"]`);
    if (!box) {
      left.push(`${name}: ${problem}`);
      continue;
    }
    box.querySelector(".error").textContent = problem;
    const control = box.querySelector("input, select, textarea");
    control?.setAttribute("aria-invalid", "true");
    const folded = box.closest("details");
    if (folded) folded.open = true;
    first ??= control;
  }
  const rest = form.querySelector(".form-error");
  rest.textContent = left.length ? left.join("; ") : first ? "" : error.message;
  (first ?? rest).focus();
}

export const formError = () => h("p", { class: "error form-error", role: "alert", tabindex: "-1" });

/** Runs `work` when the form is sent, with its button off meanwhile; errors go to their fields. */
export function onSubmit(form, work) {
  form.setAttribute("novalidate", ""); // the API judges, with words for each field
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("[type=submit]");
    if (button.disabled) return;
    clearErrors(form);
    button.disabled = true;
    try {
      await work(new FormData(form));
    } catch (error) {
      showErrors(form, error);
    } finally {
      button.disabled = false;
    }
  });
}

/** A JSON integer where the text is one, else the text: the API says what is wrong with it. */
export function whole(text) {
  return /^-?\d{1,9}$/.test(text.trim()) ? Number(text) : text.trim();
}
