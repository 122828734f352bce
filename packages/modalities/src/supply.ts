import { ConfigurationError, type NDArray, namedLengths, type Port, type Ports, suggestion } from '@gantry/core'
import type { Modality } from './modality.ts'
import { findModality, modalities } from './registry.ts'

type Arrays = Readonly<Record<string, NDArray>>

/** For which samples a function is supplied, and what is given. */
export interface SupplyRequest {
  readonly seed: number
  /** Number of the first sample. */
  readonly from: number
  readonly count: number
  /** Inputs that the user wants otherwise, by name: one element for all samples, or one a sample: [1 or count, ...shape]. */
  readonly asked?: Arrays
  /** What the data have for these samples, by field: [1 or count, ...shape]. */
  readonly data?: Arrays
}

/**
 * The inputs of a function for samples number `from` to `from + count - 1` of a seed. Sample 70 gets the same inputs however many
 * are supplied at a time, and whoever asks: a grid, a check, an evaluation or a server.
 *
 * @param registry the modalities that are known; those of Gantry by default
 * @returns [count, ...shape] of every port
 * @throws ConfigurationError `INPUT_UNKNOWN`, `INPUT_MISSING`, `INPUT_OUT_OF_RANGE`, `MODALITY_UNKNOWN`; ShapeError `INPUT_MISMATCH`;
 * DataError `LABEL_OUT_OF_RANGE`
 *
 * @example
 * ```ts
 * const inputs = supply(manifest.inputs, { seed: 0, from: 0, count: 64, asked: { labels: seven } })
 * const { samples } = await session.run(inputs)
 * ```
 */
export function supply(
  ports: Ports,
  { seed, from, count, asked = {}, data = {} }: SupplyRequest,
  registry: readonly Modality[] = modalities,
): Record<string, NDArray> {
  const names = Object.keys(ports)
  const unknown = Object.keys(asked).find((name) => !names.includes(name))
  if (unknown !== undefined) {
    throw new ConfigurationError({
      code: 'INPUT_UNKNOWN',
      message: `There is no input '${unknown}': this function has ${names.join(', ') || 'none'}.`,
      fix: suggestion(unknown, names),
    })
  }
  const given = Object.entries(ports).map(([name, port]) => {
    const modality = findModality(port.modality, registry)
    const rows = takesData(port, modality) ? data[port.field!] : undefined
    return { name, port, modality, own: { ...(asked[name] && { asked: asked[name] }), ...(rows && { data: rows }) } }
  })
  const lengths = namedLengths(
    ports,
    Object.assign(
      {},
      ...given.map(({ name, own: { asked, data } }) => {
        const array = asked ?? data
        return array && { [name]: array }
      }),
    ),
  )
  const inputs = given.map(({ name, port, modality, own }) => {
    return [name, modality.supply(port, { name, seed, from, count, lengths, ...own })] as const
  })
  return Object.fromEntries(inputs)
}

/**
 * The inputs of a function that take what the data have, unless others are asked for: with none, nobody has to read the data.
 *
 * @throws ConfigurationError `MODALITY_UNKNOWN`
 */
export function portsFromData(ports: Ports, registry: readonly Modality[] = modalities): Ports {
  const fed = Object.entries(ports).filter(([, port]) => takesData(port, findModality(port.modality, registry)))
  return Object.fromEntries(fed)
}

function takesData({ field }: Port, modality: Modality): boolean {
  return field !== undefined && modality.takesData === true
}
