import { type NDArray, permuteAxes, type TensorProgram } from '@gantry/core'
import {
  bindInputs,
  createModel,
  encodeModel,
  encodeSplitModel,
  optimizeForInference,
  type SplitModel,
} from '@gantry/onnx'
import { engine, type Tensor } from '@tensorflow/tfjs-core'
import { chooseLayouts } from '../programs/choose-layouts.ts'
import { refuseRandom } from '../programs/determinism.ts'
import { explainingFailures } from '../programs/program-failure.ts'
import { type ProgramSignature, recordProgram, type Variables } from '../programs/record-program.ts'
import { recordAtSomeLength, recordForAnyLength } from '../programs/symbolic-dimensions.ts'
import { withRecording } from '../programs/with-recording.ts'
import type { StateLayouts } from '../recording/recording.ts'
import { recordingBackend } from '../recording/recording-backend.ts'
import { distinctNames, type Exportable, type InputDescriptions, type ModelProgram } from './exportable.ts'
import { type GraphModelLike, graphModel, isGraphModel } from './graph-model.ts'
import { layersModel, type NetworkLike } from './layers-model.ts'

/** What can be exported. */
export type ExportableModel = NetworkLike | GraphModelLike | TensorProgram<Tensor>

export interface ExportSignature {
  /** Name of the graph. */
  readonly name?: string
  /** Inputs by name: all of a function's; of a model those whose lengths it does not tell as wanted. */
  readonly inputs?: InputDescriptions
  /**
   * Named lengths that will only ever be a multiple of some number, such as `{ height: 8, width: 8 }` for a network that
   * halves images three times and doubles them again.
   */
  readonly multiples?: Readonly<Record<string, number>>
  /** Free-form text properties of the file. */
  readonly metadata?: Readonly<Record<string, string>>
  readonly documentation?: string
  /**
   * File name for the weights, which then lie beside the model in a file of their own: the way to write more than 2 GiB.
   * By default they are part of the model file.
   */
  readonly externalData?: string
}

/**
 * Writes a `tf.LayersModel`, a `tf.GraphModel` or any function of tensors as an ONNX model (opset 17). Variables and
 * weights become initializers.
 *
 * A model's inputs and outputs keep their names; lengths that it leaves open become `'batch'`, `'height'` and `'width'`,
 * and stay open. `inputs` gives lengths, or other names for them, to the inputs that it lists. The model is as usable
 * afterwards as before.
 *
 * @throws UnsupportedError `KERNEL_UNSUPPORTED`, `RANDOM_CONSTANT`, `DIMENSION_BAKED_IN`, `READ_WHILE_RECORDING`,
 * `VARIABLE_CREATED`, `SEQUENCE_LENGTH_OPEN`, `MULTIPLE_NEEDED`, `CONTROL_FLOW_UNSUPPORTED`, `INPUT_SHAPE_UNKNOWN`, or
 * `PROGRAM_FAILED` for
 * what TF.js itself throws; ShapeError `INPUT_UNKNOWN`, `INPUT_MISMATCH`. `ONNX_TOO_LARGE` above 2 GiB without
 * `externalData`, ConfigurationError `EXTERNAL_LOCATION_INVALID` when that is no name of a file beside the model.
 *
 * @example
 * ```ts
 * const bytes = await exportModel(({ x }) => ({ y: tf.tanh(x!) }), { inputs: { x: { dtype: 'float32', shape: ['batch', 4] } } })
 * await writeFile('tanh.onnx', bytes)
 * ```
 *
 * @example Weights in a file of their own
 * ```ts
 * const { model, data } = await exportModel(network, { externalData: 'weights.bin' })
 * await writeFile('network.onnx', model)
 * await writeFile(data.location, data.chunks)
 * ```
 */
export function exportModel(
  model: ExportableModel,
  signature: ExportSignature & { readonly externalData: string },
): Promise<SplitModel>
export function exportModel(
  model: ExportableModel,
  signature?: ExportSignature & { readonly externalData?: undefined },
): Promise<Uint8Array<ArrayBuffer>>
export async function exportModel(
  model: ExportableModel,
  signature: ExportSignature = {},
): Promise<Uint8Array<ArrayBuffer> | SplitModel> {
  const own = exportable(model, signature)
  const { multiples } = signature
  const program: ProgramSignature = {
    name: own.name,
    program: own.program,
    feeds: own.inputs,
    ...(multiples && { multiples }),
  }
  const variables = namedVariables(own)
  return withRecording({ variables, weights: own.weights }, (backend, values) => {
    const record = (layouts: StateLayouts) => (at: ProgramSignature) =>
      recordProgram(backend, at, variables, { layouts })
    const first = explainingFailures(record({}), program)
    const layouts = chooseLayouts([first])
    const recordOwn = record(layouts)
    const { recorded, graph } = recordForAnyLength(recordOwn, program, (base) =>
      refuseRandom(backend, program.name, [first, base], () => recordAtSomeLength(recordOwn, program)),
    )
    const weights = Object.fromEntries(recorded.reads.map((each) => [each, laidOut(values[each]!, layouts[each])]))
    const bound = optimizeForInference(bindInputs(graph, weights))
    const { metadata, documentation, externalData } = signature
    const file = createModel(bound, { ...(metadata && { metadata }), ...(documentation && { documentation }) })
    return externalData === undefined ? encodeModel(file) : encodeSplitModel(file, externalData)
  })
}

/**
 * A model as the function of named tensors that {@link exportModel} records, with its inputs. It can be called on any TF.js
 * backend: what the exported file is to be compared with.
 */
export function modelProgram(model: ExportableModel, signature: ExportSignature = {}): ModelProgram {
  const { name, inputs, program } = exportable(model, signature)
  return { name, inputs, program }
}

function exportable(model: ExportableModel, { name, inputs }: ExportSignature): Exportable {
  if (typeof model === 'function') {
    const described = Object.entries(inputs ?? {}).map(([input, { dtype = 'float32', shape }]) => [
      input,
      { dtype, shape },
    ])
    const own = { inputs: Object.fromEntries(described), program: model }
    return { name: name ?? 'model', ...own, weights: {}, variableNames: new Map() }
  }
  if (isGraphModel(model)) return graphModel(model, name ?? 'graph_model', inputs)
  const own = layersModel(model, inputs)
  return { ...own, name: name ?? own.name }
}

/**
 * All variables of the process that have numbers, by names that are free in the graph: the model's own ones as the model calls
 * them.
 */
function namedVariables({ inputs, weights, variableNames }: Exportable): Variables {
  const backend = recordingBackend()
  const registered = Object.values(engine().state.registeredVariables).filter(({ dataId }) => !backend.isMoved(dataId))
  const own = registered.filter(({ name }) => variableNames.has(name))
  const all = [...own, ...registered.filter(({ name }) => !variableNames.has(name))]
  const names = distinctNames(
    all.map(({ name }) => variableNames.get(name) ?? name),
    [...Object.keys(inputs), ...Object.keys(weights)],
  )
  return Object.fromEntries(all.map((variable, index) => [names[index]!, variable]))
}

function laidOut(array: NDArray, permutation: readonly number[] | undefined): NDArray {
  return permutation === undefined ? array : permuteAxes(array, permutation)
}
