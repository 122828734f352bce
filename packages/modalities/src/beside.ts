import type { NDArray, Ports } from '@gantry/core'
import { fittedTo } from './fitted-to.ts'
import type { Modality, Shown } from './modality.ts'
import { modalities } from './registry.ts'

type Arrays = Readonly<Record<string, NDArray>>

/**
 * What lies beside outputs that are shown: what the function was given of the data, by input, and what the outputs imitate, by
 * output.
 *
 * @param given inputs that take what the data have (see `portsFromData`)
 * @param inputs values of all inputs
 * @param real elements of the data by field
 */
export function besideOf(
  parts: Readonly<Record<string, Shown>>,
  { given, inputs, real }: { readonly given: Ports; readonly inputs: Arrays; readonly real: Arrays },
  registry: readonly Modality[] = modalities,
): Record<string, Shown> {
  const beside: Record<string, Shown> = {}
  for (const [name, field] of Object.entries(given)) beside[name] = { field, values: inputs[name]! }
  for (const [name, { field }] of Object.entries(parts)) {
    const values = 'field' in field && field.field !== undefined ? real[field.field] : undefined
    if (values !== undefined) beside[name] = { field, values: fittedTo(field, values, registry) }
  }
  return beside
}
