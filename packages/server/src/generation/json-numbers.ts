import type { NDArray } from '@gantry/core'
import { RequestError } from '../http/request-error.ts'

/**
 * Numbers of an output as JSON has them: it knows neither NaN nor infinity, and would say `null`.
 *
 * @throws RequestError `OUTPUT_NOT_FINITE`
 */
export function jsonNumbers(name: string, { data }: NDArray): number[] {
  const numbers = Array.from(data as Iterable<number | bigint>, Number)
  if (numbers.every(Number.isFinite)) return numbers
  throw new RequestError({
    status: 422,
    code: 'OUTPUT_NOT_FINITE',
    message: `Of these inputs the model makes numbers in '${name}' that are not finite, and JSON has none.`,
    fix: 'Send inputs of a usual size.',
  })
}
