import type { InputDescriptions } from '@gantry/compiler'
import { ConfigurationError, type Dimension } from '@gantry/core'

/**
 * Inputs from `--input name=batch,64,64,3`: numbers are lengths, words are names of lengths that stay open. `--input name=` is a single
 * number.
 *
 * @throws ConfigurationError `INPUT_INVALID`
 */
export function parseInputs(assignments: readonly string[]): InputDescriptions {
  return Object.fromEntries(
    assignments.map((assignment) => {
      const [, name, lengths] = /^(.+)=([^=]*)$/.exec(assignment) ?? []
      const shape = lengths === '' ? [] : lengths?.split(',').map((length) => parseLength(length.trim()))
      if (name === undefined || shape === undefined || shape.includes(undefined)) {
        throw new ConfigurationError({
          code: 'INPUT_INVALID',
          message: `--input needs name=length,length,… but got '${assignment}'.`,
          fix: 'A length is a number above zero, or a name for one that stays open: --input image=batch,64,64,3. A single number has none: --input ratio=',
        })
      }
      return [name, { shape: shape as Dimension[] }]
    }),
  )
}

/**
 * Promises from `--multiple height=8`.
 *
 * @throws ConfigurationError `MULTIPLE_INVALID`
 */
export function parseMultiples(assignments: readonly string[]): Record<string, number> {
  return Object.fromEntries(
    assignments.map((assignment) => {
      const [, name, number] = /^([A-Za-z_]\w*)=([1-9]\d*)$/.exec(assignment) ?? []
      if (name !== undefined) return [name, Number(number)]
      throw new ConfigurationError({
        code: 'MULTIPLE_INVALID',
        message: `--multiple needs the name of an open length and a number above zero, such as height=8, but got '${assignment}'.`,
      })
    }),
  )
}

function parseLength(text: string): Dimension | undefined {
  if (/^[1-9]\d*$/.test(text)) return Number(text)
  return /^[A-Za-z_]\w*$/.test(text) ? text : undefined
}
