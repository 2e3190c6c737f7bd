/** What the file `MLmodel` says of a model, as far as a page shows it. */

export interface Field {
  name: string;
  type: string;
  required: boolean;
}

export interface Signature {
  inputs: Field[];
  outputs: Field[];
}

/** A scalar of YAML as it is written: plain, or in quotes, perhaps over several lines. */
function scalar(text: string): string {
  const folded = text.trim().replace(/\s*\n\s*/g, " ");
  if (folded.startsWith("'")) return folded.slice(1, folded.endsWith("'") ? -1 : undefined).replaceAll("''", "'");
  if (!folded.startsWith('"')) return folded;
  try {
    return String(JSON.parse(folded));
  } catch {
    return "";
  }
}

function typeOf(spec: Record<string, unknown>): string {
  if (spec.type === "tensor") {
    const tensor = (spec["tensor-spec"] ?? {}) as { dtype?: string; shape?: number[] };
    return `${tensor.dtype ?? "tensor"} ${JSON.stringify(tensor.shape ?? [])}`;
  }
  if (spec.type === "array") return `array of ${typeOf((spec.items ?? {}) as Record<string, unknown>)}`;
  return typeof spec.type === "string" ? spec.type : "object";
}

function fields(json: string): Field[] {
  try {
    const list: unknown = JSON.parse(json);
    if (!Array.isArray(list)) return [];
    return list.map((spec: Record<string, unknown>, index) => ({
      name: typeof spec.name === "string" ? spec.name : list.length === 1 ? "" : String(index),
      type: typeOf(spec),
      required: spec.required !== false && spec.optional !== true,
    }));
  } catch {
    return [];
  }
}

/** The signature in an `MLmodel` file; undefined when it has none. */
export function readSignature(text: string): Signature | undefined {
  const block = /^signature:\s*\n((?:[ \t]+.*\n?|\s*\n)+)/m.exec(text)?.[1];
  if (!block) return undefined;
  const member = (name: string): string => {
    const found = new RegExp(`^  ${name}:([\\s\\S]*?)(?=^  \\w+:|$(?![\\s\\S]))`, "m").exec(block)?.[1];
    return found === undefined ? "" : scalar(found);
  };
  const [inputs, outputs] = [fields(member("inputs")), fields(member("outputs"))];
  return inputs.length + outputs.length > 0 ? { inputs, outputs } : undefined;
}
