import type { NDArray, Ports } from '@gantry/core'
import type { Modality, Shown } from './modality.ts'
import { findModality, modalities } from './registry.ts'

/** Outputs of one modality, which it shows together. */
export interface ShownParts {
  readonly modality: Modality
  /** By output. */
  readonly parts: Readonly<Record<string, Shown>>
}

/**
 * The outputs of a function by modality, in the order of the outputs: what is to be shown first comes first.
 *
 * @throws ConfigurationError `MODALITY_UNKNOWN`
 */
export function partsOf(
  outputs: Ports,
  values: Readonly<Record<string, NDArray>>,
  registry: readonly Modality[] = modalities,
): ShownParts[] {
  const groups = new Map<Modality, Record<string, Shown>>()
  for (const [name, field] of Object.entries(outputs)) {
    const modality = findModality(field.modality, registry)
    const parts = groups.get(modality) ?? {}
    parts[name] = { field, values: values[name]! }
    groups.set(modality, parts)
  }
  return [...groups].map(([modality, parts]) => ({ modality, parts }))
}
