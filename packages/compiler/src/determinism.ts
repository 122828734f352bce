import { UnsupportedError } from '@gantry/core'
import type { WrittenConstant } from './recording-backend.ts'

function sameConstant(left: WrittenConstant, right: WrittenConstant | undefined): boolean {
  return (
    right !== undefined &&
    left.values.length === right.values.length &&
    left.values.every((value, index) => Object.is(value, right.values[index]))
  )
}

/** Index of the first constant that two recordings of one program do not share, or undefined. */
export function firstChange(left: readonly WrittenConstant[], right: readonly WrittenConstant[]): number | undefined {
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
export function randomConstantError(
  program: string,
  constant: WrittenConstant | undefined,
  stack: string | undefined,
): UnsupportedError {
  const frame = stack === undefined ? undefined : userFrame(stack)
  const place = frame === undefined ? '' : ` (${frame.replace(/^at /, 'at ')})`
  return new UnsupportedError({
    code: 'RANDOM_CONSTANT',
    message: `${program}: a constant of shape [${constant?.shape ?? ''}] changes every time the program is recorded${place}, so it would be frozen in the graph.`,
    fix: "Draw random numbers outside the program: declare a feed with source { from: 'random', distribution: 'normal' } and use it instead of tf.randomNormal, tf.randomUniform or dropout.",
  })
}
