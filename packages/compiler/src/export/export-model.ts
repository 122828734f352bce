import type { TensorProgram } from '@gantry/core'
import { encodeModel, encodeSplitModel, type SplitModel } from '@gantry/onnx'
import type { Tensor } from '@tensorflow/tfjs-core'
import { type Exportable, type InputDescriptions, type ModelProgram, withNumbers } from './exportable.ts'
import { type GraphModelLike, graphModel, isGraphModel } from './graph-model.ts'
import { layersModel, type NetworkLike } from './layers-model.ts'
import { type FileSignature, recordExport } from './record-export.ts'

/** What can be exported. */
export type ExportableModel = NetworkLike | GraphModelLike | TensorProgram<Tensor>

export interface ExportSignature extends FileSignature {
  /** Inputs by name: all of a function's; of a model those whose lengths it does not tell as wanted. */
  readonly inputs?: InputDescriptions
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
 * `VARIABLE_CREATED`, `SEQUENCE_LENGTH_OPEN`, `MULTIPLE_NEEDED`, `CONTROL_FLOW_UNSUPPORTED`, `DYNAMIC_SHAPE_UNSUPPORTED`,
 * `LOOKUP_TABLE_UNSUPPORTED`, `NODE_MISREAD`, `INPUT_SHAPE_UNKNOWN`, or
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
  const { externalData } = signature
  return recordExport(exportable(model, signature), signature, (file) =>
    externalData === undefined ? encodeModel(file) : encodeSplitModel(file, externalData),
  )
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
    return withNumbers({ name: name ?? 'model', ...own, weights: {}, variableNames: new Map() })
  }
  if (isGraphModel(model)) return withNumbers(graphModel(model, name ?? 'graph_model', inputs))
  const own = layersModel(model, inputs)
  return withNumbers({ ...own, name: name ?? own.name })
}
