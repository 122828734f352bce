import { createOnnxRuntimeTraining } from '@gantry/backend-onnxruntime'
import { compileModel } from '@gantry/compiler'
import * as tf from '@tensorflow/tfjs-core'
import { buildVariant } from '../cases/build-case.ts'
import type { VariantSource } from '../cases/cases.ts'
import { drawFeeds } from '../cases/draw-feeds.ts'
import { median } from '../statistics.ts'

interface Parameters {
  readonly source: VariantSource
  readonly batchSize: number
  readonly threads: number
  readonly steps: number
}

/** Times steps of a variant, all its phases, after one to warm up. */
export async function run({ source, batchSize, threads, steps }: Parameters) {
  await tf.setBackend('cpu')
  const model = buildVariant(source, batchSize)
  const compiled = await compileModel({ ...model, functions: [] })
  const session = await createOnnxRuntimeTraining({ device: 'cpu', threads }).prepare(compiled)
  const feeds = drawFeeds(compiled, source.fields)
  const milliseconds: number[] = []
  for (let step = 0; step <= steps; step++) {
    const start = performance.now()
    for (const { name } of compiled.phases) await session.run(name, feeds[name]!)
    if (step > 0) milliseconds.push(performance.now() - start)
  }
  await session.dispose()
  return { stepMs: median(milliseconds) }
}
