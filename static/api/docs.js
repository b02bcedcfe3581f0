"use strict";

/* Shows the API description of `/schema`: operations by tag, their parameters, bodies and answers,
   and the shapes. Text reaches the page as text nodes only. */

const METHODS = ["get", "post", "put", "patch", "delete"];

let description;

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

function resolve(part) {
  if (!part || !part.$ref) return part;
  return part.$ref.slice(2).split("/").reduce((found, key) => found[key], description);
}

function refName(schema) {
  return schema.$ref ? schema.$ref.split("/").pop() : null;
}

/* `code` and **bold** of the description's texts. */
function prose(text) {
  const pieces = text.split(/(`[^`]+`|\*\*[^*]+\*\*)/);
  return pieces.map((piece) => {
    if (piece.startsWith("`")) return make("code", {}, piece.slice(1, -1));
    if (piece.startsWith("**")) return make("b", {}, piece.slice(2, -2));
    return piece;
  });
}

function paragraphs(text) {
  return text.trim().split(/\n\s*\n/).map((part) => make("p", {}, ...prose(part)));
}

function typeNodes(schema) {
  if (!schema || Object.keys(schema).length === 0) return ["anything"];
  const name = refName(schema);
  if (name) return [make("a", { href: `#shape-${name}` }, name)];
  const options = schema.anyOf || schema.oneOf;
  if (options) {
    return options.flatMap((option, index) => (index ? [" or ", ...typeNodes(option)] : typeNodes(option)));
  }
  if (schema.enum) return [schema.enum.map((value) => JSON.stringify(value)).join(" | ")];
  if (schema.type === "array") return ["list of ", ...typeNodes(schema.items)];
  if (schema.type === "object" && !schema.properties) {
    const values = schema.additionalProperties;
    return values ? ["map of ", ...typeNodes(values === true ? {} : values)] : ["object"];
  }
  return [[schema.type || "anything", schema.format].filter(Boolean).join(", ")];
}

function limits(schema) {
  const said = [];
  for (const key of ["default", "minLength", "maxLength", "minimum", "maximum", "pattern"]) {
    if (schema && schema[key] !== undefined) said.push(`${key}: ${JSON.stringify(schema[key])}`);
  }
  return said.join(", ");
}

function row(name, isNeeded, schema, text) {
  return make(
    "tr",
    {},
    make("td", {}, make("code", isNeeded ? { class: "needed" } : {}, name)),
    make("td", {}, ...typeNodes(schema)),
    make("td", { class: "quiet" }, ...prose([text, limits(schema)].filter(Boolean).join(" · "))),
  );
}

function fields(schema) {
  const needed = new Set(schema.required || []);
  const rows = Object.entries(schema.properties || {}).map(([name, field]) =>
    row(name, needed.has(name), field, field.description || ""));
  return make("table", {}, ...rows);
}

function content(body) {
  return Object.entries(body.content || {}).map(([media, { schema, example }]) => make(
    "div",
    {},
    make("code", {}, media),
    ": ",
    ...typeNodes(schema),
    ...(schema["x-message"] ? [" of frames; each holds a ", ...typeNodes(schema["x-message"])] : []),
    example === undefined ? null : make("pre", {}, String(example)),
  ));
}

function parameterTable(parameters) {
  return make("table", {}, ...parameters.map(resolve).map((one) =>
    row(one.name, one.required, one.schema, `in ${one.in}${one.description ? `: ${one.description}` : ""}`)));
}

function answerRow([status, reference]) {
  const answer = resolve(reference);
  const isError = Number(status) >= 400;
  return make(
    "tr",
    {},
    make("td", {}, make("b", {}, status)),
    make("td", {}, ...prose(answer.description), ...(isError ? [] : content(answer))),
  );
}

function operationSection(path, method, operation) {
  const word = method.toUpperCase();
  const isOpen = operation.security && operation.security.length === 0;
  const section = make(
    "section",
    { id: operation.operationId },
    make("h3", {}, make("span", { class: `method ${word}` }, word), make("code", {}, path)),
    make("p", { class: "quiet" }, operation.operationId, isOpen ? " · needs no sign-in" : ""),
    ...paragraphs(operation.description || operation.summary || ""),
  );
  if (operation.parameters && operation.parameters.length) {
    section.append(make("h4", {}, "Parameters"), parameterTable(operation.parameters));
  }
  if (operation.requestBody) {
    const isNeeded = operation.requestBody.required;
    section.append(make("h4", {}, isNeeded ? "Body" : "Body (optional)"), ...content(operation.requestBody));
  }
  section.append(
    make("h4", {}, "Answers"),
    make("table", {}, ...Object.entries(operation.responses).map(answerRow)),
  );
  return section;
}

function shapeSection([name, schema]) {
  return make(
    "section",
    { id: `shape-${name}` },
    make("h3", {}, make("code", {}, name)),
    ...paragraphs(schema.description || ""),
    schema.properties ? fields(schema) : make("p", {}, ...typeNodes(schema)),
  );
}

function operationsByTag() {
  const groups = new Map((description.tags || []).map((tag) => [tag.name, { tag, found: [] }]));
  for (const [path, methods] of Object.entries(description.paths)) {
    for (const method of METHODS) {
      const operation = methods[method];
      if (!operation) continue;
      const name = (operation.tags || ["Other"])[0];
      if (!groups.has(name)) groups.set(name, { tag: { name }, found: [] });
      groups.get(name).found.push({ path, method, operation });
    }
  }
  return [...groups.values()].filter((group) => group.found.length);
}

function link(href, text, searched) {
  return make("a", { href, "data-search": searched.toLowerCase() }, text);
}

function show() {
  const page = document.getElementById("page");
  const contents = document.getElementById("contents");
  page.replaceChildren(
    make("h1", {}, `${description.info.title} ${description.info.version}`),
    ...paragraphs(description.info.description || ""),
    make("p", {}, make("a", { href: "/schema" }, "JSON"), " · ", make("a", { href: "/schema?format=yaml" }, "YAML")),
  );
  for (const { tag, found } of operationsByTag()) {
    page.append(make("h2", {}, tag.name), make("p", { class: "quiet" }, tag.description || ""));
    contents.append(make("h2", {}, tag.name));
    for (const { path, method, operation } of found) {
      page.append(operationSection(path, method, operation));
      const searched = `${operation.operationId} ${method} ${path} ${tag.name}`;
      contents.append(link(`#${operation.operationId}`, operation.summary, searched));
    }
  }
  const shapes = Object.entries(description.components.schemas);
  page.append(make("h2", {}, "Shapes"), ...shapes.map(shapeSection));
  contents.append(make("h2", {}, "Shapes"), ...shapes.map(([name]) => link(`#shape-${name}`, name, name)));
  if (location.hash) document.getElementById(location.hash.slice(1))?.scrollIntoView();
}

function filter(event) {
  const wanted = event.target.value.trim().toLowerCase();
  for (const one of document.querySelectorAll("#contents a")) {
    one.hidden = !one.dataset.search.includes(wanted);
    one.style.display = one.hidden ? "none" : "";
  }
}

async function load() {
  try {
    const response = await fetch(document.body.dataset.schema, { headers: { Accept: "application/json" } });
    if (!response.ok) throw new Error(`status ${response.status}`);
    description = await response.json();
    show();
  } catch (error) {
    document.getElementById("page").replaceChildren(
      make("p", {}, `The description can't be loaded: ${error.message}. Reload the page to try again.`),
    );
  }
}

document.getElementById("filter").addEventListener("input", filter);
load();
