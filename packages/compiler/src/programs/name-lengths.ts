import { GantryError } from '@gantry/core'

/** Below, a product could be any number. */
const LEAST_FACTOR = 1000

/**
 * A message about a recording in which open lengths have their names again, where it gives the numbers that they were recorded with:
 * `[1009,4]` is `[batch,4]`, and 4036 is `4*batch`.
 */
export function nameLengths(text: string, lengths: Readonly<Record<string, number>>): string {
  const entries = Object.entries(lengths)
  return text.replace(/(?<![\w.])\d+(?![\w.]*\d)/g, (digits) => {
    const number = Number(digits)
    const equal = entries.find(([, length]) => length === number)
    if (equal !== undefined) return equal[0]
    const factor = entries.find(([, length]) => length >= LEAST_FACTOR && number > 0 && number % length === 0)
    return factor === undefined ? digits : `${number / factor[1]}*${factor[0]}`
  })
}

/** The same refusal in a reader's words; what is no error of Gantry's is left to those who explain it. */
export function withLengthsNamed(error: unknown, lengths: Readonly<Record<string, number>>): unknown {
  if (!GantryError.isInstance(error)) return error
  const message = nameLengths(error.problem, lengths)
  if (message === error.problem) return error
  const Same = error.constructor as new (options: ConstructorParameters<typeof GantryError>[0]) => GantryError
  const { code, fix } = error
  return new Same({ code, message, ...(fix !== undefined && { fix: nameLengths(fix, lengths) }), cause: error })
}
