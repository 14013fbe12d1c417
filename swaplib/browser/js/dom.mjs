// Small helpers for pages.

/** An element with attributes, listeners (onclick: ...) and children. */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== undefined) element.setAttribute(name, String(value));
  }
  element.append(...children);
  return element;
}

/** Address of a picture in a pack. */
export const address = (bytes) => URL.createObjectURL(new Blob([bytes], {type: "image/webp"}));

/** One picture of a sheet with so many columns and rows. */
export function tile(sheet, columns, rows, column, row, words, css = "") {
  const place = (k, n) => (n > 1 ? (100 * k) / (n - 1) : 0);
  const style = `background:url(${sheet}) ${place(column, columns)}% ${place(row, rows)}% / ${100 * columns}% ${100 * rows}%`;
  return make("span", {class: `tile ${css}`, role: words ? "img" : "presentation", "aria-label": words || undefined, style});
}

/** A labelled slider: {row, input, show(value)}. told: value -> what is said of it. */
export function slider({id, label, low, high, step, value, told}, moved) {
  const input = /** @type {HTMLInputElement} */ (make("input", {type: "range", id, min: low, max: high, step,
    oninput: () => { show(+input.value); moved(+input.value); }}));
  const output = make("output", {for: id, "aria-hidden": "true"});
  const show = (v) => {
    input.value = String(v);
    output.textContent = told(v);
    input.setAttribute("aria-valuetext", told(v));
  };
  let before = String(value); // where it stood when a finger came down that then scrolls the page
  input.addEventListener("pointerdown", () => { before = input.value; });
  input.addEventListener("pointercancel", () => { show(+before); moved(+before); });
  show(value);
  return {row: make("div", {class: "slider"}, make("label", {for: id}, label), input, output), input, output, show};
}

/** Buttons of which one is chosen, each with a picture or words: {group, choose(k)}. */
export function choices(label, items, chosen) {
  const buttons = items.map(({content, words}, k) => make("button", {type: "button", "aria-label": words,
    "aria-pressed": "false", title: words, onclick: () => { choose(k); chosen(k); }}, content));
  const choose = (k) => buttons.forEach((b, j) => b.setAttribute("aria-pressed", String(j === k)));
  return {group: make("div", {class: "choices", role: "group", "aria-label": label}, ...buttons), choose, buttons};
}

/** A number for people: 3 decimals, and a true minus. */
export const figure = (x, digits = 3) => x.toFixed(digits).replace(/^-(?=[0.]*$)/, "").replace("-", "−");
