import { ConfigurationError, type NDArray, type Port } from '@gantry/core'
import type { FileReader, Modality } from './modality.ts'

/** One whose values can be written. */
export type WrittenModality = Modality & Required<Pick<Modality, 'parse'>>

export function isWritten(modality: Modality): modality is WrittenModality {
  return modality.parse !== undefined
}

/**
 * What a person has written for an input, as an array. A modality knows no names of inputs, but whoever reads what is wrong wants to know
 * of which.
 *
 * @throws what its `parse` throws; a ConfigurationError names the input first
 */
export async function parseInput(
  modality: WrittenModality,
  name: string,
  port: Port,
  text: string,
  reader?: FileReader,
): Promise<NDArray> {
  try {
    return await modality.parse(port, text, reader)
  } catch (cause) {
    if (!(cause instanceof ConfigurationError)) throw cause
    const { code, problem, fix } = cause
    const message = `The input '${name}': ${problem}`
    throw new ConfigurationError({ code, message, ...(fix !== undefined && { fix }), cause })
  }
}
