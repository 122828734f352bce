import { UnsupportedError } from '@gantry/core'
import type { RecordingBackend, WrittenConstant } from '../recording/recording-backend.ts'
import type { RecordedProgram } from './record-program.ts'

function sameConstant(left: WrittenConstant, right: WrittenConstant | undefined): boolean {
  return (
    right !== undefined &&
    left.values.length === right.values.length &&
    left.values.every((value, index) => Object.is(value, right.values[index]))
  )
}

/** Index of the first constant that two recordings of one program do not share, or undefined. */
function firstChange(left: readonly WrittenConstant[], right: readonly WrittenConstant[]): number | undefined {
  const index = left.findIndex((constant, position) => !sameConstant(constant, right[position]))
  if (index !== -1) return index
  return right.length > left.length ? left.length : undefined
}

/** The user's line in a stack trace: the first outside TF.js and this package. */
function userFrame(stack: string): string | undefined {
  return stack
    .split('\n')
    .slice(1)
    .map((line) => line.trim())
    .find((line) => !/@tensorflow|tf-core|tf-layers|[\\/]compiler[\\/](src|dist)[\\/](?!.*\.test\.)|node:/.test(line))
}

/** Numbers that differ from recording to recording would be frozen at their first value. */
function randomConstantError(
  program: string,
  constant: WrittenConstant | undefined,
  stack: string | undefined,
): UnsupportedError {
  const frame = stack === undefined ? undefined : userFrame(stack)
  const place = frame === undefined ? '' : ` (${frame})`
  return new UnsupportedError({
    code: 'RANDOM_CONSTANT',
    message: `${program}: a constant of shape [${constant?.shape ?? ''}] changes every time the program is recorded${place}, so it would be frozen in the graph.`,
    fix: "Use drawNormal, drawUniform or dropout of '@gantry/tfjs' (layers: NoiseDropout and NoiseGaussian of '@gantry/variants') instead of tf.randomNormal, tf.randomUniform or dropout; or declare a feed with source { from: 'random', distribution: 'normal' }.",
  })
}

/**
 * Compares two recordings of one program with the same shapes: what they wrote must be the same.
 *
 * @param again records the program once more, to find the line that draws
 * @throws UnsupportedError `RANDOM_CONSTANT`
 */
export function refuseRandom(
  backend: RecordingBackend,
  name: string,
  [first, second]: readonly [RecordedProgram, RecordedProgram],
  again: () => void,
): void {
  const index = firstChange(first.written, second.written)
  if (index === undefined) return
  const stack = backend.traceWrite(index, again)
  throw randomConstantError(name, second.written[index] ?? first.written[index], stack)
}
