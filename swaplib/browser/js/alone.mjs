// Sliders under both faces, alone in a frame: what `explore.page` shows in a notebook.
import {unpack} from "./pack.mjs";
import {Painter} from "./painter.mjs";
import {panel} from "./panel.mjs";

const text = (id) => document.getElementById(id).textContent.trim();
const bytes = async (base64) => (await fetch(`data:application/octet-stream;base64,${base64}`)).arrayBuffer();

/** The frame as high as what it shows, where the notebook lets it. */
function fit() {
  try { /** @type {HTMLElement} */ (window.frameElement).style.height = `${document.body.scrollHeight + 16}px`; } catch { /* it keeps its height */ }
}

async function start() {
  const stage = /** @type {HTMLElement} */ (document.querySelector(".stage"));
  try {
    const painter = new Painter(await bytes(text("kernel")), text("worker"));
    const people = JSON.parse(text("people"));
    const {explorer} = await panel(stage, await unpack(await bytes(text("pack-both"))), painter, {people});
    stage.setAttribute("data-ready", "");
    Object.assign(window, {page: {painter, explorer}});
    await painter.choose("both/a", explorer.code);
  } catch (error) {
    stage.textContent = `This browser can’t draw the faces (${error.message}). A browser of 2023 or later can.`;
  }
  new ResizeObserver(fit).observe(document.body);
}

start();
