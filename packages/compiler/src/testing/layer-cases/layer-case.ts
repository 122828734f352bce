import type { layers as layersNamespace, SymbolicTensor } from '@tensorflow/tfjs-layers'

export type Built = SymbolicTensor | SymbolicTensor[]

/** One configuration of a layer. */
export interface LayerCase {
  readonly title: string
  /** Shapes of the inputs, without the batch. */
  readonly shapes: readonly (readonly number[])[]
  build(inputs: SymbolicTensor[]): Built
  /** Inputs are whole numbers below this. */
  readonly below?: number
  /** Entries of the first input's second axis from here on are zero. */
  readonly zeroFrom?: number
  /** Exported for one batch size at a time. */
  readonly fixedBatch?: boolean
  /** Applied to tensors, in a function, for layers that TF.js cannot run inside of a model. */
  readonly alone?: boolean
}

/** What is known of one name in `tf.layers`. */
export interface LayerRow {
  readonly names: readonly (keyof typeof layersNamespace)[]
  readonly cases: readonly LayerCase[]
  readonly note?: string
}

export const image = [[7, 6, 3]] as const
export const pair = [
  [5, 4],
  [5, 4],
] as const
export const sequence = [[6, 4]] as const

export type LayerLike = { apply(input: Built): unknown }

/** A case with one layer between inputs and outputs. */
export function one(
  title: string,
  shapes: LayerCase['shapes'],
  layer: () => LayerLike,
  more: Partial<LayerCase> = {},
): LayerCase {
  return {
    title,
    shapes,
    build: (inputs) => layer().apply(inputs.length === 1 ? inputs[0]! : inputs) as Built,
    ...more,
  }
}

/** A case for each combination of an option's values. */
export function each<Value>(values: readonly Value[], of: (value: Value) => LayerCase): LayerCase[] {
  return values.map(of)
}

export const paddings = ['valid', 'same'] as const
export const formats = ['channelsLast', 'channelsFirst'] as const
