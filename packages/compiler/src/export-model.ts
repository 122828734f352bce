import { type Dimension, type NDArray, permuteAxes, type TensorProgram, type TensorSpec } from '@gantry/core'
import { bindInputs, createModel, encodeModel, optimizeGraph } from '@gantry/onnx'
import { engine, type Tensor } from '@tensorflow/tfjs-core'
import { chooseLayouts } from './choose-layouts.ts'
import { refuseRandom } from './determinism.ts'
import { type ProgramSignature, recordProgram, type Variables } from './record-program.ts'
import type { StateLayouts } from './recording.ts'
import { recordAtSomeLength, recordForAnyLength } from './symbolic-dimensions.ts'
import { withRecording } from './with-recording.ts'

/** The part of a `tf.LayersModel` that an export needs. */
export interface NetworkLike {
  readonly name: string
  readonly inputs: readonly {
    readonly name: string
    readonly shape: readonly (number | null)[]
    readonly dtype: string
  }[]
  readonly outputs: readonly { readonly sourceLayer: { readonly name: string } }[]
  readonly inputNames: readonly string[]
  readonly outputNames: readonly string[]
  // biome-ignore lint/suspicious/noExplicitAny: tfjs-layers types this by overloads
  apply(inputs: any, options?: any): any
}

export interface ExportSignature {
  /** Name of the graph. */
  readonly name?: string
  /** Inputs by name. A string in a shape, such as `'batch'`, is a length that is known only when the model runs. */
  readonly inputs?: Readonly<Record<string, TensorSpec>>
  /** Free-form text properties of the file. */
  readonly metadata?: Readonly<Record<string, string>>
  readonly documentation?: string
}

/**
 * Writes a network, or any function of tensors, as an ONNX model (opset 17). Variables become initializers.
 *
 * A network's inputs keep their names; axes of unknown length become `'batch'` (the first) or `'<input>_<axis>'`.
 *
 * @throws UnsupportedError `KERNEL_UNSUPPORTED`, `RANDOM_CONSTANT`, `DIMENSION_BAKED_IN`, `READ_WHILE_RECORDING`.
 *
 * @example
 * ```ts
 * const bytes = await exportModel(({ x }) => ({ y: tf.tanh(x!) }), { inputs: { x: { dtype: 'float32', shape: ['batch', 4] } } })
 * await writeFile('tanh.onnx', bytes)
 * ```
 */
export function exportModel(
  model: NetworkLike | TensorProgram<Tensor>,
  signature: ExportSignature = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const program: ProgramSignature = {
    name: signature.name ?? (typeof model === 'function' ? 'model' : model.name),
    program: typeof model === 'function' ? model : inferenceOf(model),
    feeds: signature.inputs ?? (typeof model === 'function' ? {} : inputsOf(model)),
  }
  const variables: Variables = { ...engine().state.registeredVariables }
  return withRecording(variables, (backend, values) => {
    const record = (layouts: StateLayouts) => (own: ProgramSignature) => recordProgram(backend, own, variables, layouts)
    const first = recordAtSomeLength(record({}), program)
    const layouts = chooseLayouts([first])
    const recordOwn = record(layouts)
    const { recorded, graph } = recordForAnyLength(recordOwn, program, (base) =>
      refuseRandom(backend, program.name, [first, base], () => recordAtSomeLength(recordOwn, program)),
    )
    const weights = Object.fromEntries(recorded.reads.map((name) => [name, laidOut(values[name]!, layouts[name])]))
    const bound = optimizeGraph(bindInputs(graph, weights))
    const { metadata, documentation } = signature
    return encodeModel(createModel(bound, { ...(metadata && { metadata }), ...(documentation && { documentation }) }))
  })
}

/** A `tf.Sequential` leaves `inputNames` and `outputNames` empty. */
function inputNamesOf({ inputNames, inputs }: NetworkLike): readonly string[] {
  return inputNames.length > 0 ? inputNames : inputs.map(({ name }) => name)
}

function outputNamesOf({ outputNames, outputs }: NetworkLike): readonly string[] {
  return outputNames.length > 0 ? outputNames : outputs.map(({ sourceLayer }) => sourceLayer.name)
}

function inferenceOf(network: NetworkLike): TensorProgram<Tensor> {
  return (feeds) => {
    const inputs = inputNamesOf(network).map((name) => feeds[name]!)
    const names = outputNamesOf(network)
    const outputs = network.apply(inputs.length === 1 ? inputs[0] : inputs, { training: false }) as Tensor | Tensor[]
    return Object.fromEntries([outputs].flat().map((output, index) => [names[index]!, output]))
  }
}

function inputsOf(network: NetworkLike): Record<string, TensorSpec> {
  return Object.fromEntries(
    inputNamesOf(network).map((name, index) => {
      const { shape, dtype } = network.inputs[index]!
      const named = shape.map((length, axis): Dimension => length ?? (axis === 0 ? 'batch' : `${name}_${axis}`))
      return [name, { dtype: dtype as TensorSpec['dtype'], shape: named }]
    }),
  )
}

function laidOut(array: NDArray, permutation: readonly number[] | undefined): NDArray {
  return permutation === undefined ? array : permuteAxes(array, permutation)
}
