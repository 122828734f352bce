import type { NDArray, Port } from '@gantry/core'
import type { Modality } from './modality.ts'
import { findModality, modalities } from './registry.ts'

/**
 * Values of a port's field of the data as the port has them: images of the data at the size of what takes or imitates smaller ones.
 *
 * @param values [count, ...shape] of the field
 * @returns [count, ...shape] of the port
 * @throws ConfigurationError `MODALITY_UNKNOWN`
 */
export function fittedTo(port: Port, values: NDArray, registry: readonly Modality[] = modalities): NDArray {
  return findModality(port.modality, registry).fit?.(port, values) ?? values
}
