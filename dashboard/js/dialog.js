// Questions before something that cannot be taken back. The browser's own <dialog> traps the focus.

import { h, uid } from "./dom.js";

/**
 * Asks; resolves to the answer, or null when declined. With `reason`, the text that was typed (it may be empty
 * with `optional`), else "yes".
 */
export function confirm({ title, text, action, danger = false, reason = null, optional = false }) {
  const id = uid("dialog");
  const input =
    reason && h("textarea", { id: `${id}-reason`, rows: "2", maxlength: "500", required: !optional });
  const go = h("button", { class: `button ${danger ? "danger" : "primary"}`, type: "submit" }, action);
  const stop = h("button", { class: "button", type: "button" }, "Cancel");
  const form = h(
    "form",
    {},
    h("h2", { id }, title),
    [].concat(text).map((line) => h("p", {}, line)),
    input && h("label", { class: "field", for: input.id }, h("span", {}, reason), input),
    h("div", { class: "dialog-end" }, stop, go),
  );
  const box = h("dialog", { "aria-labelledby": id }, form);
  document.body.append(box);
  return new Promise((resolve) => {
    let answer = null;
    stop.addEventListener("click", () => box.close());
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      answer = input ? input.value.trim() : "yes";
      if (answer || optional) box.close();
    });
    box.addEventListener("close", () => {
      box.remove();
      resolve(answer);
    });
    box.showModal();
    (input ?? stop).focus();
  });
}

/** A dialog with content and a way to close it; returns the function that closes it. */
export function show(title, ...content) {
  const id = uid("dialog");
  const close = h("button", { class: "button", type: "button" }, "Close");
  const box = h(
    "dialog",
    { "aria-labelledby": id },
    h("h2", { id }, title),
    content,
    h("div", { class: "dialog-end" }, close),
  );
  close.addEventListener("click", () => box.close());
  box.addEventListener("close", () => box.remove());
  document.body.append(box);
  box.showModal();
  return () => box.close();
}
