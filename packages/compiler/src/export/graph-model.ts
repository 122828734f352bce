import type { TensorSpec } from '@gantry/core'
import type { Tensor } from '@tensorflow/tfjs-core'
import { programError } from '../errors.ts'
import { moveTo, within } from '../programs/place.ts'
import { asynchronousRefusal, type GraphNode, refuseNodes } from './dynamic-nodes.ts'
import {
  distinctNames,
  type Exportable,
  type InputDescriptions,
  inputSpecs,
  namedResults,
  overrideInputs,
} from './exportable.ts'
import { withRuntimeFills } from './runtime-fills.ts'

/** The part of a `tf.GraphModel` (of `@tensorflow/tfjs-converter`) that an export needs. */
export interface GraphModelLike {
  readonly inputs: readonly { readonly name: string; readonly shape?: readonly number[]; readonly dtype: string }[]
  /** Names of the inputs: those of the signature, where the model has one. */
  readonly inputNodes: readonly string[]
  readonly outputNodes: readonly string[]
  readonly weights: Readonly<Record<string, readonly Tensor[]>>
  // biome-ignore lint/suspicious/noExplicitAny: a method of other parameter types would not be assignable
  execute(inputs: any, outputs?: any): Tensor | Tensor[]
  // biome-ignore lint/suspicious/noExplicitAny: only its presence counts
  executeAsync(inputs: any, outputs?: any): Promise<Tensor | Tensor[]>
}

export function isGraphModel(model: object): model is GraphModelLike {
  return 'executeAsync' in model && 'inputNodes' in model && 'weights' in model
}

/** A `tf.GraphModel`: what `tensorflowjs_converter` makes of a SavedModel. */
export function graphModel(model: GraphModelLike, name: string, given: InputDescriptions | undefined): Exportable {
  refuseNodes(name, nodesOf(model), model.outputNodes)
  const inputNames = distinctNames(model.inputNodes.map(withoutIndex), [])
  const declared = model.inputs.map((input, index) => {
    const { shape, dtype } = input
    if (shape === undefined && given?.[inputNames[index]!] === undefined) throw shapeless(name, inputNames[index]!)
    const own = shape ?? given![inputNames[index]!]!.shape.map(() => -1)
    return { name: inputNames[index]!, shape: own, dtype: dtype as TensorSpec['dtype'] }
  })
  const inputs = overrideInputs(name, inputSpecs(declared), given)
  const outputNames = distinctNames(model.outputNodes.map(withoutIndex), inputNames)
  const single = Object.entries(model.weights).flatMap(([weight, [tensor]]) =>
    tensor ? [[weight, tensor] as const] : [],
  )
  const weights = single.filter(([, tensor]) => tensor.dtype === 'float32' && tensor.size > 1)
  const weightNames = distinctNames(
    weights.map(([weight]) => weight),
    [...inputNames, ...outputNames],
  )
  return {
    name,
    inputs,
    weights: Object.fromEntries(weights.map(([, tensor], index) => [weightNames[index]!, tensor])),
    variableNames: new Map(),
    program: (feeds) => {
      const named = Object.fromEntries(inputNames.map((input, index) => [model.inputNodes[index]!, feeds[input]!]))
      return withRuntimeFills(nodesOf(model), () =>
        withPlaces(model, name, () => namedResults(outputNames, execute(model, name, named))),
      )
    },
  }
}

/** TensorFlow writes `image:0` for the first output of the node `image`. */
function withoutIndex(name: string): string {
  return name.replace(/:0$/, '')
}

function shapeless(model: string, input: string): Error {
  return programError(
    'INPUT_SHAPE_UNKNOWN',
    `${model} does not say the shape of its input '${input}'.`,
    `Give it: exportModel(model, { inputs: { '${input}': { shape: ['batch', 224, 224, 3] } } }), or --input ${input}=batch,224,224,3. For a single number: { shape: [] }, or --input ${input}=`,
  )
}

function execute(model: GraphModelLike, name: string, inputs: Readonly<Record<string, Tensor>>): Tensor[] {
  try {
    return [model.execute(inputs, model.outputNodes)].flat()
  } catch (cause) {
    throw asynchronousRefusal(name, cause) ?? cause
  }
}

/** The nodes of a model. TF.js has no hook for them: where a version keeps them elsewhere, there are none. */
function nodesOf(model: GraphModelLike): Readonly<Record<string, GraphNode>> {
  return (
    (model as { executor?: { graph?: { nodes?: Readonly<Record<string, GraphNode>> } } }).executor?.graph?.nodes ?? {}
  )
}

/**
 * Runs `body` while every node tells when it is executed.
 *
 * TF.js has no hook for that, but reads a node's category for nothing else. Where a version keeps its nodes elsewhere,
 * errors only lack the place.
 */
function withPlaces<Result>(model: GraphModelLike, name: string, body: () => Result): Result {
  const nodes = Object.values(nodesOf(model))
  const categories = nodes.map(({ category }) => category)
  for (const [index, node] of nodes.entries()) {
    const place = `${node.name} (${node.op})`
    const get = () => {
      moveTo(place)
      return categories[index]
    }
    Object.defineProperty(node, 'category', { get, configurable: true, enumerable: true })
  }
  try {
    return within(name, body)
  } finally {
    for (const [index, node] of nodes.entries()) {
      const value = categories[index]
      Object.defineProperty(node, 'category', { value, writable: true, configurable: true, enumerable: true })
    }
  }
}
