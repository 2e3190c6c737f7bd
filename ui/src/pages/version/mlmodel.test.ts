import { expect, it } from "vitest";
import { readSignature } from "./mlmodel";

const MLMODEL = `artifact_path: model
flavors:
  python_function:
    env: conda.yaml
signature:
  inputs: '[{"name": "amount", "type": "double", "required": true}, {"name": "it''s",
    "type": "string", "required": false}]'
  outputs: '[{"type": "tensor", "tensor-spec": {"dtype": "float64", "shape": [-1, 2]}}]'
  params: null
utc_time_created: '2026'
`;

it("reads inputs and outputs, quoted and over several lines", () => {
  expect(readSignature(MLMODEL)).toEqual({
    inputs: [
      { name: "amount", type: "double", required: true },
      { name: "it's", type: "string", required: false },
    ],
    outputs: [{ name: "", type: "float64 [-1,2]", required: true }],
  });
});

it("finds none where there is none, or where it cannot be read", () => {
  expect(readSignature("flavors: {}\n")).toBeUndefined();
  expect(readSignature("signature:\n  inputs: 'nonsense'\n")).toBeUndefined();
  expect(readSignature("")).toBeUndefined();
});
