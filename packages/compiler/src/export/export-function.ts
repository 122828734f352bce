import { batchedSpecs, type ModelFunction, multiplesOf, type Ports, type TensorProgram } from '@gantry/core'
import { encodeModel } from '@gantry/onnx'
import type { Tensor, Variable } from '@tensorflow/tfjs-core'
import { checkOutputs, recordedInputs } from '../programs/function-ports.ts'
import { type FileSignature, recordExport } from './record-export.ts'

/** An ONNX model, and what its inputs and outputs are. */
export interface FunctionExport {
  readonly bytes: Uint8Array<ArrayBuffer>
  /** Of the file: the function's inputs, also those that it does not use, and the noise that its program draws by name. */
  readonly inputs: Ports
  readonly outputs: Ports
}

export interface FunctionSignature extends FileSignature {
  /**
   * Variables of the function's model by the names of their state, which its weights then have in the file. Without them weights are
   * called as TF.js calls its variables, by numbers that depend on what else the process has made.
   */
  readonly variables?: Readonly<Record<string, Variable>>
}

/**
 * Writes a function of a model as an ONNX model (opset 17) that runs at any batch size, with the present values of its
 * variables as weights.
 *
 * Inputs and outputs are named as the function's ports. Noise that its program draws by name becomes an input, too.
 *
 * @throws UnsupportedError and ShapeError as `exportModel`; UnsupportedError `NOISE_WITHOUT_BATCH` for noise whose first axis is
 * not the batch, ShapeError `OUTPUT_MISMATCH` where the program returns something other than the function's outputs
 *
 * @example
 * ```ts
 * const { bytes, inputs } = await exportFunction(findFunction(model, 'generate'), { variables: model.variables })
 * await writeFile('generator.onnx', bytes)
 * console.log(Object.keys(inputs)) // [ 'latent', 'noise_8' ]
 * ```
 */
export function exportFunction(
  fn: ModelFunction<TensorProgram<Tensor>>,
  { variables = {}, ...signature }: FunctionSignature = {},
): Promise<FunctionExport> {
  const name = signature.name ?? fn.name
  const variableNames = new Map(Object.entries(variables).map(([state, variable]) => [variable.name, state]))
  const own = { name, inputs: batchedSpecs(fn.inputs), program: fn.program, weights: {}, variableNames }
  return recordExport(own, { multiples: multiplesOf(fn.inputs), ...signature }, (file, recording) => {
    checkOutputs(name, fn, recording)
    const inputs = recordedInputs(name, fn.inputs, recording)
    return { bytes: encodeModel(file), inputs, outputs: fn.outputs }
  })
}
