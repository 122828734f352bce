import { type BoundField, type Field, type Fields, imageField, labelField, pointsField } from '@gantry/core'
import { bindFields } from '../bind-fields.ts'
import type { GanModel } from '../gan-model.ts'
import { findVariant } from '../registry.ts'
import type { BuildRequest } from '../variant-definition.ts'

/** Samples of this shape: images where it has height, width and channels, else points. */
export function samplesOf(shape: readonly number[]): Field {
  return shape.length === 3 ? imageField(shape) : pointsField(shape)
}

/** The same, as a data set names it. */
export function boundSamples(shape: readonly number[]): BoundField {
  const field = samplesOf(shape)
  return { ...field, field: field.modality }
}

/** A data set's fields: samples of this shape and, with classes, a label. */
export function fieldsOf(shape: readonly number[], classes?: number): Fields {
  const samples = samplesOf(shape)
  const names = Array.from({ length: classes ?? 0 }, (_, index) => `class ${index}`)
  return { [samples.modality]: samples, ...(classes !== undefined && { label: labelField(names) }) }
}

export interface BuildChoice extends Pick<BuildRequest<unknown>, 'batchSize' | 'split'> {
  readonly shape: readonly number[]
  readonly classes?: number
  readonly options?: Readonly<Record<string, unknown>>
  readonly seed?: number
  /** Of a variant that has some; default: the last. */
  readonly stage?: string
}

/** What a variant is built of for such data. */
export function variantRequest(
  name: string,
  choice: Omit<BuildChoice, 'stage'>,
): BuildRequest<Record<string, unknown>> {
  const { shape, classes, options = {}, seed = 1, ...request } = choice
  const variant = findVariant(name)
  const own = fieldsOf(shape, classes)
  // What makes one thing out of another is given two of a kind.
  const fields = bindFields(variant, 'target' in variant.needs ? { ...own, other: samplesOf(shape) } : own)
  return { ...request, options: variant.schema.parse(options), fields, seed }
}

/** Builds a variant for such data. */
export function buildVariant(name: string, { stage, ...choice }: BuildChoice): GanModel {
  const variant = findVariant(name)
  const all = variantRequest(name, choice)
  return stage === undefined
    ? variant.build(all)
    : variant.stages!(all)
        .find(({ name }) => name === stage)!
        .build()
}
