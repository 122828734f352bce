import type { DataType } from '@tensorflow/tfjs-core'
import type { Permutation } from './layout.ts'

/** The TF.js dtypes that have an ONNX tensor of the same meaning. */
export const recordedDTypes = ['float32', 'int32', 'bool'] as const satisfies readonly DataType[]
export type RecordedDType = (typeof recordedDTypes)[number]

/** Numbers that a program brought along: typed arrays written to the backend. */
export type ConstantValues = Float32Array | Int32Array | Uint8Array

/**
 * A tensor of a recorded program.
 *
 * Two liberties keep graphs small. Its axes may lie in another order than the program thinks (`permutation`), so that
 * channels-last programs run as channels-first graphs without transposes. And an axis along which the value repeats may be
 * stored with length one (`stored`), so that broadcasts cost nothing until something needs the repeated numbers.
 */
export interface RecordedValue {
  readonly dtype: RecordedDType
  /** Shape that the program sees. */
  readonly shape: readonly number[]
  /** Order of the axes in the graph. */
  readonly permutation: Permutation
  /** Shape in the graph, in the graph's order: the permuted shape, with ones where the value repeats. */
  readonly stored: readonly number[]
  readonly source: ValueSource
  /** The variable from which this was computed element by element: it would gladly lie in the order wanted of this. */
  readonly follows?: string
}

type ValueSource =
  /** Output of a node, or a feed. */
  | { readonly kind: 'node'; readonly name: string }
  /** The present value of a variable; becomes a graph input when it is used. */
  | { readonly kind: 'state'; readonly state: string }
  /** Numbers; `stored` has their shape, already in graph order. */
  | { readonly kind: 'constant'; readonly values: ConstantValues }

/** The one number that a constant repeats, or undefined when it is no such constant. */
export function uniformNumber(value: RecordedValue): number | undefined {
  return value.source.kind === 'constant' && value.source.values.length === 1 ? value.source.values[0] : undefined
}
