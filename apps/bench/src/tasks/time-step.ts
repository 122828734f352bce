import { createOnnxRuntimeTraining } from '@gantry/backend-onnxruntime'
import { compileModel } from '@gantry/compiler'
import { decodeModel } from '@gantry/onnx'
import * as tf from '@tensorflow/tfjs-core'
import { buildVariant } from '../cases/build-case.ts'
import type { VariantSource } from '../cases/cases.ts'
import { drawFeeds } from '../cases/draw-feeds.ts'
import { median } from '../statistics.ts'

interface Parameters {
  readonly source: VariantSource
  readonly batchSize: number
  readonly threads: number
  /** After one to warm up; 0 times that one. */
  readonly steps: number
}

/** Times steps of a variant, all its phases; and the way from its program to a session. */
export async function run({ source, batchSize, threads, steps }: Parameters) {
  await tf.setBackend('cpu')
  const model = buildVariant(source, batchSize)
  const start = performance.now()
  const compiled = await compileModel({ ...model, functions: [] })
  const compiledAt = performance.now()
  const session = await createOnnxRuntimeTraining({ device: 'cpu', threads }).prepare(compiled)
  const loadedAt = performance.now()
  const feeds = drawFeeds(compiled, source.fields)
  const timed = compiled.phases.map(({ name }) => [name, [] as number[]] as const)
  for (let step = 0; step <= steps; step++) {
    for (const [name, milliseconds] of timed) {
      const start = performance.now()
      await session.run(name, feeds[name]!)
      if (step > 0 || steps === 0) milliseconds.push(performance.now() - start)
    }
  }
  await session.dispose()
  const sums = Array.from({ length: Math.max(1, steps) }, (_, step) =>
    timed.reduce((total, [, own]) => total + own[step]!, 0),
  )
  const nodes = compiled.phases.map(({ program }) => decodeModel(program.graph).graph.nodes.length)
  return {
    stepMs: median(sums),
    phaseMs: Object.fromEntries(timed.map(([name, own]) => [name, median(own)])),
    compileMs: compiledAt - start,
    loadMs: loadedAt - compiledAt,
    nodes: nodes.reduce((total, own) => total + own, 0),
    /** Numbers that are trained, without what optimizers and averages keep. */
    weights: Object.values(model.learners ?? {})
      .flatMap((learner) => learner.weights)
      .reduce((total, name) => total + model.variables[name]!.size, 0),
  }
}
