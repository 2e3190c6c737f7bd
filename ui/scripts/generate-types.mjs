// Writes src/api/schema.d.ts from the server's OpenAPI document: the types of the UI cannot drift from the server's.
import { readFileSync, writeFileSync } from "node:fs";

const source = new URL("../../src/mlflow/_wire/openapi.json", import.meta.url);
const target = new URL("../src/api/schema.d.ts", import.meta.url);
const document = JSON.parse(readFileSync(source, "utf8"));

/** A JSON schema as a TypeScript type. A form it does not know is an error, never a guess. */
function typeOf(schema) {
  if (schema.$ref) return schema.$ref.split("/").at(-1);
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  const union = schema.anyOf ?? schema.oneOf;
  if (union) return [...new Set(union.map(typeOf))].join(" | ");
  switch (schema.type) {
    case "string":
    case "boolean":
    case "null":
      return schema.type;
    case "integer":
    case "number":
      return "number";
    case "array":
      return `(${typeOf(schema.items ?? {})})[]`;
    case "object":
      if (schema.properties) return objectType(schema);
      return `Record<string, ${typeof schema.additionalProperties === "object" ? typeOf(schema.additionalProperties) : "unknown"}>`;
    case undefined:
      return "unknown";
    default:
      throw new Error(`No TypeScript type for ${JSON.stringify(schema)}`);
  }
}

function objectType({ properties, required = [] }) {
  const fields = Object.entries(properties).map(
    ([name, schema]) => `  ${JSON.stringify(name)}${required.includes(name) ? "" : "?"}: ${typeOf(schema)};`,
  );
  return fields.length === 0 ? "Record<string, never>" : `{\n${fields.join("\n")}\n}`;
}

function requestType({ parameters = [], requestBody }) {
  const body = requestBody?.content?.["application/json"]?.schema;
  const named = parameters.map(
    ({ name, required, schema }) => `${JSON.stringify(name)}${required ? "" : "?"}: ${typeOf(schema)}`,
  );
  // What stands in the path is not in the body once more.
  const inPath = parameters.map(({ name }) => JSON.stringify(name)).join(" | ");
  const rest = body ? [inPath ? `Omit<${typeOf(body)}, ${inPath}>` : typeOf(body)] : [];
  const parts = [...(named.length > 0 ? [`{ ${named.join("; ")} }`] : []), ...rest];
  return parts.join(" & ") || "Record<string, never>";
}

const lines = ["// Generated from src/mlflow/_wire/openapi.json by scripts/generate-types.mjs.", ""];
for (const [name, schema] of Object.entries(document.components.schemas)) {
  lines.push(`export type ${name} = ${typeOf(schema)};`, "");
}
lines.push("/** Every JSON endpoint: `METHOD path`, the path below the version. */", "export interface Endpoints {");
for (const [path, methods] of Object.entries(document.paths)) {
  const short = path.replace(/^\/(?:ajax-)?api\/\d\.\d\//, "");
  for (const [method, operation] of Object.entries(methods)) {
    const reply = operation.responses["200"]?.content?.["application/json"]?.schema;
    if (!reply) continue; // bytes, not JSON
    const key = JSON.stringify(`${method.toUpperCase()} ${short}`);
    lines.push(`  ${key}: { request: ${requestType(operation)}; response: ${typeOf(reply)} };`);
  }
}
lines.push("}", "");
writeFileSync(target, lines.join("\n"));
