import type { DType } from './ndarray.ts'
import type { Dimension, TensorSpec } from './tensor-spec.ts'

/**
 * What the numbers of one tensor of a data set mean to people. Plain JSON: fields stand in run folders and manifests.
 *
 * The modality is an open word: `image`, `points`, `label`, `tokens` … Only whoever implements one reads it. A modality with a
 * slash is a part: fields of `molecule/nodes` and `molecule/bonds` are one thing to look at.
 */
export interface Field {
  readonly modality: string
  readonly dtype: DType
  /** Of one element, without the batch: [height, width, channels] of an image, [2] of points, [] of a label. */
  readonly shape: readonly number[]
  /** Smallest and largest value to be expected: [-1, 1] of images; what the axes of a plot show of points. */
  readonly range?: readonly [minimum: number, maximum: number]
  /** What whole numbers stand for: classes of a label, words or characters of tokens. */
  readonly names?: readonly string[]
}

/** The fields of a data set by name: `{ image, label }`, `{ google, twitter, words }`. */
export type Fields = Readonly<Record<string, Field>>

/** A field with the name that its data set gives it. */
export interface BoundField extends Field {
  readonly field: string
}

/**
 * An input or output of a function: a field, and where its values come from or what they imitate.
 *
 * An input that nobody gives is drawn (`drawn`), or has a usual value (`otherwise`), or comes from the data (`field`).
 */
export interface Port extends Omit<Field, 'shape'> {
  /** Of one element, without the batch; words are lengths that stay open: `height`, `4*height`, `height/64`. */
  readonly shape: readonly Dimension[]
  /** Of an input: named lengths that must be multiples of a number, `{ height: 64, width: 64 }`. */
  readonly multiples?: Readonly<Record<string, number>>
  /** Of an input: the field of the data that feeds it where nobody else does. Of an output: the field that it imitates. */
  readonly field?: string
  /** How an input comes about where nobody gives it: standard normal, or uniform in [0, 1). */
  readonly drawn?: 'normal' | 'uniform'
  /**
   * Of images: how many times as large, a side, those of its field are. They are reduced before they feed an input, or are compared
   * with an output.
   */
  readonly reduced?: number
  /** Value of an input where nobody gives it. */
  readonly otherwise?: number
}

/** The inputs or outputs of a function, by name. */
export type Ports = Readonly<Record<string, Port>>

/** A field of images: [height, width, channels] in [-1, 1]. */
export function imageField(shape: readonly number[]): Field {
  return { modality: 'image', dtype: 'float32', shape, range: [-1, 1] }
}

/** A field of points: coordinates without bound; `range` is what a plot of them shows. */
export function pointsField(shape: readonly number[], range?: Field['range']): Field {
  return { modality: 'points', dtype: 'float32', shape, ...(range && { range }) }
}

/** A field of labels: indices into the names of the classes. */
export function labelField(names: readonly string[]): Field {
  return { modality: 'label', dtype: 'int32', shape: [], names }
}

/** The field as an input that the data feed, or as an output that imitates them. */
export function portOf({ field, ...rest }: BoundField): Port {
  return { ...rest, field }
}

/** An input that is drawn number by number, such as the latent vectors of a generator. */
export function drawnPort(
  modality: 'latent' | 'noise',
  shape: readonly Dimension[],
  drawn: NonNullable<Port['drawn']>,
): Port {
  return { modality, dtype: 'float32', shape, drawn }
}

/** What tensors must look like that hold a batch of these elements: `batch` before each shape. */
export function batchedSpecs(ports: Ports): Record<string, TensorSpec> {
  return Object.fromEntries(
    Object.entries(ports).map(([name, { dtype, shape }]) => [name, { dtype, shape: ['batch', ...shape] }]),
  )
}
