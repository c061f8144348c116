// Lists the OpenAPI document. Everything is written as text: the page's policy admits no markup from strings.

function element(name, text, ...children) {
  const made = document.createElement(name);
  if (text) made.textContent = text;
  made.append(...children);
  return made;
}

// $refs name parts of the same document
function schemas(value, document, seen = new Map()) {
  if (Array.isArray(value)) value.forEach((item) => schemas(item, document, seen));
  else if (value && typeof value === "object") {
    const name = value.$ref?.startsWith("#/components/schemas/") && value.$ref.split("/").at(-1);
    if (name && !seen.has(name)) {
      seen.set(name, document.components.schemas[name]);
      schemas(seen.get(name), document, seen);
    }
    Object.values(value).forEach((item) => schemas(item, document, seen));
  }
  return seen;
}

function json(title, value) {
  return element("details", "", element("summary", title), element("pre", JSON.stringify(value, null, 2)));
}

function operation(method, path, said, document) {
  const made = element("details", "");
  made.append(element("summary", "", element("code", `${method.toUpperCase()} ${path}`), ` ${said.summary ?? ""}`));
  for (const part of ["parameters", "requestBody", "responses"]) {
    if (said[part]) made.append(json(part, said[part]));
  }
  const named = schemas(said, document);
  if (named.size) made.append(json("schemas", Object.fromEntries(named)));
  return made;
}

const answer = await fetch("/api/openapi.json");
const described = await answer.json();
const page = document.getElementById("page");
const groups = new Map();
for (const [path, methods] of Object.entries(described.paths)) {
  for (const [method, said] of Object.entries(methods)) {
    const tag = said.tags?.[0] ?? "other";
    if (!groups.has(tag)) groups.set(tag, element("section", "", element("h2", tag)));
    groups.get(tag).append(operation(method, path, said, described));
  }
}
page.append(...groups.values());
page.setAttribute("aria-busy", "false");
