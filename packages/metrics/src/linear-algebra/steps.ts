import { reporter, type Work } from '../work.ts'

/** Work in steps: each yields how much of it is done, from 0 to 1. So loops stay plain functions, without promises inside. */
export type Steps<Result> = Generator<number, Result>

const PARTS = 1000

export async function runSteps<Result>(what: string, steps: Steps<Result>, work: Work): Promise<Result> {
  const report = reporter(work, PARTS, what)
  for (;;) {
    const { done, value } = steps.next()
    if (done) return value
    await report(Math.round(value * PARTS))
  }
}

/** Steps that are this part of a larger whole. */
export function* partOf<Result>(from: number, to: number, steps: Steps<Result>): Steps<Result> {
  for (;;) {
    const { done, value } = steps.next()
    if (done) return value
    yield from + (to - from) * value
  }
}
