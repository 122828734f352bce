import {
  type Dimension,
  describeSpec,
  ShapeError,
  suggestion,
  type TensorProgram,
  type TensorSpec,
  UnsupportedError,
} from '@gantry/core'
import type { Tensor } from '@tensorflow/tfjs-core'
import { recordedDTypes } from '../recording/recorded-value.ts'

/** A model as a function of named tensors. */
export interface ModelProgram {
  readonly name: string
  readonly inputs: Readonly<Record<string, TensorSpec>>
  readonly program: TensorProgram<Tensor>
}

/** An input as the caller describes it; `dtype` is the model's own, or float32, where absent. */
export interface InputDescription {
  readonly dtype?: TensorSpec['dtype']
  /** A string, such as `'batch'`, is a length that is known only when the model runs. */
  readonly shape: TensorSpec['shape']
}

export type InputDescriptions = Readonly<Record<string, InputDescription>>

/** A model of any kind, as the export sees it. */
export interface Exportable extends ModelProgram {
  /** Tensors that become named initializers, beside the variables. */
  readonly weights: Readonly<Record<string, Tensor>>
  /** What the model calls its variables: TF.js adds a number when another model in the process has the name. */
  readonly variableNames: ReadonlyMap<string, string>
}

/** An input as TF.js models declare it; a length of null, -1 or undefined is open. */
interface DeclaredInput {
  readonly name: string
  readonly dtype: TensorSpec['dtype']
  readonly shape: readonly (number | null | undefined)[]
}

/**
 * Specs of a model's inputs, with names for lengths that the model leaves open: `'batch'` for the first axis, `'height'`
 * and `'width'` for those of images, `'axis_1'` otherwise; the input's name in front where a model has several inputs.
 */
export function inputSpecs(inputs: readonly DeclaredInput[]): Record<string, TensorSpec> {
  return Object.fromEntries(
    inputs.map(({ name, dtype, shape }) => {
      const prefix = inputs.length === 1 ? '' : `${name}_`
      const image = shape.length === 4
      const named = shape.map((length, axis): Dimension => {
        if (typeof length === 'number' && length >= 0) return length
        if (axis === 0) return 'batch'
        return `${prefix}${(image && { 1: 'height', 2: 'width' }[axis]) || `axis_${axis}`}`
      })
      return [name, { dtype, shape: named }]
    }),
  )
}

/**
 * A model's own inputs with the caller's in their place. Lengths are taken at the caller's word: many models that declare
 * one size work for others, and TF.js refuses what does not fit.
 *
 * @throws ShapeError `INPUT_UNKNOWN` for a name that the model does not have, `INPUT_MISMATCH` for another rank or dtype
 */
export function overrideInputs(
  model: string,
  own: Readonly<Record<string, TensorSpec>>,
  given: InputDescriptions = {},
): Record<string, TensorSpec> {
  const inputs = { ...own }
  for (const [name, { shape, dtype }] of Object.entries(given)) {
    const spec = own[name]
    if (spec === undefined) {
      throw new ShapeError({
        code: 'INPUT_UNKNOWN',
        message: `${model} has no input '${name}'. Its inputs: ${Object.keys(own).join(', ')}.`,
        fix: suggestion(name, Object.keys(own)),
      })
    }
    const wanted = { dtype: dtype ?? spec.dtype, shape }
    if (shape.length !== spec.shape.length || wanted.dtype !== spec.dtype) {
      throw new ShapeError({
        code: 'INPUT_MISMATCH',
        message: `${model}: the input '${name}' is to be ${describeSpec(wanted)} but the model takes ${describeSpec(spec)}.`,
        fix: 'Give as many lengths as the model has axes, and its dtype.',
      })
    }
    inputs[name] = wanted
  }
  return inputs
}

/** Results by name. What a model lists twice are tensors of their own: whoever gets them disposes of each. */
export function namedResults(names: readonly string[], results: readonly Tensor[]): Record<string, Tensor> {
  const own = results.map((result, index) => (results.indexOf(result) === index ? result : result.clone()))
  return Object.fromEntries(own.map((result, index) => [names[index]!, result]))
}

/** Names that are all different, and none of `taken`: the second `y` becomes `y_1`. */
export function distinctNames(names: readonly string[], taken: Iterable<string>): string[] {
  const used = new Set(taken)
  return names.map((name) => {
    let own = name
    for (let number = 1; used.has(own); number++) own = `${name}_${number}`
    used.add(own)
    return own
  })
}

/**
 * The same model, whose inputs are numbers.
 *
 * @throws UnsupportedError `INPUT_DTYPE_UNSUPPORTED` naming an input of text or of complex numbers
 */
export function withNumbers(model: Exportable): Exportable {
  for (const [name, { dtype }] of Object.entries(model.inputs)) {
    if ((recordedDTypes as readonly string[]).includes(dtype)) continue
    throw new UnsupportedError({
      code: 'INPUT_DTYPE_UNSUPPORTED',
      message: `The input '${name}' of ${model.name} is of the dtype ${dtype}, and only ${recordedDTypes.join(', ')} can be recorded.`,
      fix: 'Export the part of the model behind it, which takes numbers.',
    })
  }
  return model
}
