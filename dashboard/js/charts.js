// Charts by uPlot, where it was installed (scripts/dashboard_setup.sh); else a sentence says that it was not.

import { h } from "./dom.js";

/** Resolves to uPlot, or null when its file is not there. */
const library = new Promise((resolve) => {
  if (window.uPlot) return resolve(window.uPlot);
  const script = document.getElementById("uplot");
  script.addEventListener("load", () => resolve(window.uPlot ?? null));
  script.addEventListener("error", () => resolve(null));
  // its error may have come before this module
  window.addEventListener("load", () => resolve(window.uPlot ?? null));
  if (document.readyState === "complete") resolve(window.uPlot ?? null);
});

const HEIGHT = 220;
const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

/**
 * A figure of lines. series: [{label, color: css variable, values, fill?, stepped?, dash?}], `xs` Unix seconds
 * or, with `time: false`, plain numbers. `summary` says in words what the picture shows.
 */
export function chart({ title, summary, xs, series, time = true, y = String, x = null, height = HEIGHT }) {
  const stage = h("div", { class: "chart" });
  const node = h(
    "figure",
    { class: "chart-figure" },
    h(
      "figcaption",
      {},
      h("strong", {}, title),
      h(
        "span",
        { class: "keys" },
        series.map((one) => h("span", { class: `key ${one.color}` }, one.label)),
      ),
      h("span", { class: "muted summary" }, summary),
    ),
    stage,
  );
  stage.style.minHeight = `${height}px`; // what is below stays where it is while the chart is drawn anew
  stage.setAttribute("role", "img");
  stage.setAttribute("aria-label", `${title}. ${summary}`);
  library.then((Plot) => {
    if (!Plot)
      return stage.replaceChildren(
        h(
          "p",
          { class: "muted" },
          "No charts: the chart library is not installed (scripts/dashboard_setup.sh).",
        ),
      );
    draw(Plot, stage, { xs, series, time, y, x, height });
  });
  return node;
}

function draw(Plot, stage, { xs, series, time, y, x, height }) {
  let plot = null;
  const make = () => {
    const width = stage.clientWidth;
    if (!width) return;
    plot?.destroy();
    plot = new Plot(
      options(Plot, { xs, series, time, y, x, height, width }),
      [xs, ...series.map((one) => one.values)],
      stage,
    );
  };
  const resized = new ResizeObserver(() => {
    if (!stage.isConnected) return finish();
    if (!plot) make();
    else if (plot.width !== stage.clientWidth && stage.clientWidth)
      plot.setSize({ width: stage.clientWidth, height });
  });
  const scheme = matchMedia("(prefers-color-scheme: dark)");
  const finish = () => {
    resized.disconnect();
    scheme.removeEventListener("change", make);
    plot?.destroy();
  };
  scheme.addEventListener("change", make);
  resized.observe(stage);
}

/** Seconds within an hour, minutes within two days, else days. */
function timeFormat(xs) {
  const seconds = xs.at(-1) - xs[0];
  const clock = { hour: "2-digit", minute: "2-digit" };
  if (seconds < 3600) return { ...clock, second: "2-digit" };
  return seconds < 172_800 ? clock : { day: "numeric", month: "short" };
}

function options(Plot, { xs, series, time, y, x, height, width }) {
  const clock = new Intl.DateTimeFormat("en-GB", timeFormat(xs));
  const times = (_plot, ticks) => ticks.map((at) => clock.format(new Date(at * 1000)));
  const axis = {
    stroke: color("muted"),
    font: "12px Inter, system-ui, sans-serif",
    grid: { stroke: color("line"), width: 1 },
    ticks: { show: false },
  };
  const steps = Plot.paths.stepped({ align: 1 });
  return {
    width,
    height,
    padding: [8, 28, 0, 0],
    legend: { show: false },
    cursor: { drag: { x: false, y: false }, points: { size: 7 } },
    scales: { x: { time } },
    axes: [
      { ...axis, values: time ? times : (_plot, ticks) => ticks.map(x ?? String), space: 84, size: 34 },
      { ...axis, values: (_plot, ticks) => ticks.map((value) => y(value).replace("-", "\u2212")), size: 62 },
    ],
    series: [
      {},
      ...series.map((one) => ({
        label: one.label,
        stroke: color(one.color),
        width: 2,
        dash: one.dash ? [5, 4] : undefined,
        fill: one.fill ? color(`${one.color}-soft`) : undefined,
        paths: one.stepped ? steps : undefined,
        spanGaps: true,
        points: { show: one.values.length < 3, size: 6 },
      })),
    ],
  };
}
