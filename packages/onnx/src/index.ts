export { dataTypeOf, dtypeOf } from './codec/data-types.ts'
export { decodeModel } from './codec/decode-model.ts'
export { encodeModel } from './codec/encode-model.ts'
export { type ExternalData, encodeSplitModel, type SplitModel, type SplitOptions } from './codec/encode-split-model.ts'
export type { ExternalFiles } from './codec/tensor.ts'
export { evaluateGraph } from './folding/evaluate-graph.ts'
export { formatGraph, formatModel } from './format.ts'
export {
  type Attribute,
  type Attributes,
  attribute,
  type Body,
  calls,
  type Graph,
  type LocalFunction,
  type Model,
  type Node,
  type OpaquePort,
} from './graph.ts'
export { GraphBuilder, type NodeOptions } from './graph-builder.ts'
export { inferShapes } from './infer-shapes.ts'
export { int64Vector } from './int64-vector.ts'
export { createModel, type ModelOptions } from './model.ts'
export { OPSET, opsetOf } from './operator-sets.ts'
export { bindInputs } from './passes/bind-inputs.ts'
export { type GraphIndex, graphIndex } from './passes/graph-index.ts'
export { optimizeForInference } from './passes/optimize-for-inference.ts'
export { optimizeGraph } from './passes/optimize-graph.ts'
export { optimizeForTraining } from './passes/training/optimize-for-training.ts'
export { renameGraph } from './rename-graph.ts'
export { upgradeGraph } from './upgrade/upgrade-graph.ts'
export { workingGraph } from './upgrade/working-graph.ts'
