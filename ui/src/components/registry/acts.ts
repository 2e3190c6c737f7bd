/** What events of the ledger say, in words. Pure functions. */
import type { Decision } from "../../api/decisions";

const ACTS: Record<string, string> = {
  approve_model_version: "Approved",
  create_model_version: "Registered",
  create_registered_model: "Created the model",
  delete_alias: "Removed the alias",
  delete_model_version: "Deleted the version",
  delete_model_version_tag: "Removed the tag",
  delete_registered_model: "Deleted the model",
  delete_registered_model_tag: "Removed the tag",
  describe_model_version: "Described the version",
  describe_registered_model: "Described the model",
  hold_model_version: "Put under legal hold",
  record_manifest: "Put its files on record",
  release_model_version: "Ended the legal hold",
  rename_registered_model: "Renamed the model",
  create_comment: "Commented",
  update_comment: "Changed a comment",
  delete_comment: "Deleted a comment",
  reject_transition: "Rejected a request",
  request_transition: "Asked for",
  restore_model_version: "Restored the version",
  restore_registered_model: "Restored the model",
  review_decision: "Reviewed a decision",
  set_alias: "Pointed the alias",
  set_model_version_tag: "Set the tag",
  set_policy: "Changed the policy",
  set_registered_model_tag: "Set the tag",
  transition_stage: "Moved",
  withdraw_transition: "Withdrew a request",
};

/** Acts that people look for, in the order of a list to choose from. */
export const COMMON_ACTS = [
  "transition_stage",
  "set_alias",
  "delete_alias",
  "create_model_version",
  "request_transition",
  "approve_model_version",
  "reject_transition",
  "delete_model_version",
  "create_registered_model",
  "delete_registered_model",
  "set_policy",
  "review_decision",
] as const;

/** `transition_stage` → `Moved`; what has no words of its own is told as it is. */
export function actName(action: string): string {
  const text = ACTS[action] ?? action.replaceAll("_", " ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function shown(value: unknown): string {
  return typeof value === "string" ? value : value === undefined || value === null ? "" : JSON.stringify(value);
}

export interface Change {
  /** The name of what was set: an alias, a tag. */
  what: string;
  before: string;
  after: string;
}

/** What an event changed, both sides, where that can be said in a few words. */
export function changeOf(event: Pick<Decision, "action" | "slot" | "before" | "after">): Change {
  const { before, after, slot, action } = event;
  const sides = (member: string, write: (text: string) => string = (text) => text): Omit<Change, "what"> => {
    const side = (values: Record<string, unknown> | undefined): string => {
      const text = shown(values?.[member]);
      return text && write(text);
    };
    return { before: side(before), after: side(after) };
  };
  if (action === "transition_stage") return { what: "", ...sides("stage") };
  if (action.endsWith("_alias")) return { what: `@${slot.slice(slot.indexOf("/") + 1)}`, ...sides("version", (text) => `v${text}`) };
  if (action.endsWith("_tag")) return { what: shown(after?.key ?? before?.key) || (slot.split("/").at(-1) ?? ""), ...sides("value") };
  if (action.startsWith("describe_")) return { what: "", ...sides("description") };
  if (action === "rename_registered_model") return { what: "", ...sides("name") };
  if (action === "create_model_version") return { what: "", before: "", after: shown(after?.source) };
  // Places are written `stage/Production`, `alias/champion`.
  if (after?.place !== undefined) return { what: "", before: "", after: shown(after.place).replace(/^stage\//, "").replace(/^alias\//, "@") };
  return { what: "", before: "", after: "" };
}
