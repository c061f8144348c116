import { collect } from "../../api.js";
import { csv, download } from "../../csv.js";
import { h } from "../../dom.js";
import * as format from "../../format.js";
import { bind, empty, num, panel } from "../../parts.js";
import { DataTable } from "../../table.js";
import { toast } from "../../toast.js";

const EVERY_MS = 15_000;
const COLUMNS = [
  ["at", (entry) => entry.at],
  ["actor", (entry) => entry.actor],
  ["action", (entry) => entry.action],
  ["detail", (entry) => entry.detail],
];
const words = (detail) =>
  Object.entries(detail)
    .map(([name, value]) => `${name}: ${value}`)
    .join(" · ");

/** Who changed what, newest first, and all of it as CSV. */
export function tab(context, agentId) {
  const path = `/api/agent/${agentId}/audit`;
  const table = new DataTable({
    caption: "Audit log",
    rowKey: (entry) => `${entry.at}|${entry.action}|${words(entry.detail)}`,
    columns: [
      { key: "at", label: "When", cell: (entry) => num(format.dateTime(entry.at), entry.at) },
      { key: "action", label: "What", cell: (entry) => h("strong", {}, entry.action) },
      { key: "detail", label: "Detail", cell: (entry) => words(entry.detail) },
      {
        key: "actor",
        label: "Who",
        hide: "phone",
        cell: (entry) => h("span", { class: "mono", title: entry.actor }, format.short(entry.actor)),
      },
    ],
  });
  const place = h("div", {});
  const stop = bind(context, place, `${path}?limit=100`, EVERY_MS, ({ items }) => {
    table.setRows(items);
    return items.length ? table.node : empty("Nothing has been changed yet.");
  });
  const save = h(
    "button",
    { class: "button small", on: { click: () => exportAll(context, path, agentId) } },
    "Export CSV",
  );
  return { node: panel("Audit log", { end: save }, place), stop };
}

async function exportAll(context, path, agentId) {
  try {
    const { items, complete } = await collect(context.api, path);
    download(`audit-${agentId}${complete ? "" : "-incomplete"}.csv`, csv(COLUMNS, items));
    const exported = format.count(items.length, "entry", "entries");
    if (complete) toast(`${exported} exported.`, "good");
    else toast(`Incomplete: the newest ${exported} exported, older ones are left out.`, "bad");
  } catch (error) {
    toast(error.message, "bad");
  }
}
