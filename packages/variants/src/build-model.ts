import type { Fields } from '@gantry/core'
import type { z } from 'zod'
import { bindFields } from './bind-fields.ts'
import type { GanModel } from './gan-model.ts'
import type { VariantDefinition } from './variant-definition.ts'

/** What of a run's configuration decides its model. */
export interface ModelConfig {
  /** Of the variant; what is left out is at its default. */
  readonly options: Readonly<Record<string, unknown>>
  /** Fields of the data by slot, where they are chosen by hand. */
  readonly bind?: Readonly<Record<string, string>>
  readonly batchSize: number
  readonly seed: number
}

/**
 * Builds the model of a run's configuration, so that both cannot disagree.
 *
 * @param fields of the data set that the configuration names
 * @throws ConfigurationError of `bindFields` and of the variant; ZodError for options that its schema does not take
 *
 * @example
 * ```ts
 * const config = configureRun(vanilla, { data: 'ring8', steps: 500, options: { hiddenUnits: 64 } })
 * const dataset = await openDataset(config.data, config.dataOptions)
 * const model = buildModel(vanilla, config, dataset.fields)
 * ```
 */
export function buildModel<Schema extends z.ZodObject>(
  variant: VariantDefinition<Schema>,
  { options, bind, batchSize, seed }: ModelConfig,
  fields: Fields,
): GanModel {
  return variant.build({
    options: variant.schema.parse(options),
    fields: bindFields(variant, fields, bind),
    batchSize,
    seed,
  })
}
