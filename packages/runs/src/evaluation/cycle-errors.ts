import { float32, type NDArray } from '@gantry/core'
import { translationOf } from '@gantry/modalities'
import { call, type FedFrom, type FedFunction, fedBatches } from './fed-batches.ts'

/**
 * How far samples are from what they were after a translation there and back, and after one back and there, as a mean over their numbers
 * and a share of their range (Zhu et al. 2017, equation 2).
 *
 * @returns [count, 2]
 */
export async function cycleErrors(
  [there, back]: readonly [FedFunction, FedFunction],
  data: FedFrom,
  from: number,
  count: number,
): Promise<NDArray<'float32'>> {
  const ways = await Promise.all([errorsOf(there, back, data, from, count), errorsOf(back, there, data, from, count)])
  return float32(
    [count, ways.length],
    Float32Array.from(
      { length: count * ways.length },
      (_, at) => ways[at % ways.length]![Math.floor(at / ways.length)]!,
    ),
  )
}

async function errorsOf(
  first: FedFunction,
  second: FedFunction,
  data: FedFrom,
  from: number,
  count: number,
): Promise<number[]> {
  const [leaving, returning] = [translationOf(first)!, translationOf(second)!]
  const [least, most] = leaving.source.range ?? [-1, 1]
  const errors: number[] = []
  for await (const { from: position, inputs, outputs } of fedBatches(first, data, from, count)) {
    const [given, made] = [inputs[leaving.input]!, outputs[leaving.output]!]
    const rows = given.shape[0]!
    const request = { seed: data.seed, from: position, count: rows, asked: { [returning.input]: made } }
    const returned = (await call(second, request)).outputs[returning.output]!
    errors.push(...distances(given, returned).map((distance) => distance / (most - least)))
  }
  return errors
}

function distances(left: NDArray, right: NDArray): number[] {
  const rows = left.shape[0]!
  const length = left.data.length / rows
  return Array.from({ length: rows }, (_, row) => {
    let sum = 0
    for (let at = row * length; at < (row + 1) * length; at++)
      sum += Math.abs(Number(left.data[at]) - Number(right.data[at]))
    return sum / length
  })
}
