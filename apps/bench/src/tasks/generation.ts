import { createOnnxRuntimeInference } from '@gantry/backend-onnxruntime'
import { exportModel } from '@gantry/compiler'
import { batchedSpecs, findFunction, float32, RandomStream, rawFunction, sizeOfShape } from '@gantry/core'
import { batchesAhead } from '@gantry/training'
import * as tf from '@tensorflow/tfjs-core'
import * as ort from 'onnxruntime-node'
import { bareSessionOptions } from '../bare-session.ts'
import { buildVariant } from '../cases/build-case.ts'
import type { VariantSource } from '../cases/cases.ts'

interface Parameters {
  readonly source: VariantSource
  readonly batchSize: number
  readonly threads: number
  readonly rounds: number
  /** For one of the two in one round. */
  readonly roundMs: number
}

/** Times batches of an exported generator in Gantry's session and in ONNX Runtime alone, in turn. */
export async function run({ source, batchSize, threads, rounds, roundMs }: Parameters) {
  await tf.setBackend('cpu')
  const model = buildVariant(source, batchSize)
  const generator = findFunction(model, rawFunction('generate'))
  const bytes = await exportModel(generator.program, { name: 'generator', inputs: batchedSpecs(generator.inputs) })
  const session = await createOnnxRuntimeInference({ device: 'cpu', threads }).load(bytes)
  const bare = await ort.InferenceSession.create(bytes, bareSessionOptions(threads))

  const shape = [batchSize, ...(generator.inputs.latent!.shape as number[])]
  const data = new Float32Array(sizeOfShape(shape))
  new RandomStream(1, 'latent').fill('normal', data)
  const feeds = { latent: float32(shape, data) }
  const tensors = { latent: new ort.Tensor('float32', data, shape) }
  const contenders = { session: () => session.run(feeds), bare: () => bare.run(tensors) }

  const made = [batchSize, ...(generator.outputs.samples!.shape as number[])]
  const ahead = batchesAhead(Float32Array.BYTES_PER_ELEMENT * sizeOfShape(made))
  /** Milliseconds a batch. */
  const timed: { session: number; bare: number }[] = []
  for (let round = 0; round <= rounds; round++) {
    const own = { session: 0, bare: 0 }
    for (const name of round % 2 === 0 ? (['session', 'bare'] as const) : (['bare', 'session'] as const)) {
      const start = performance.now()
      const calls: Promise<unknown>[] = []
      let count = 0
      // As many calls wait while one runs as `generateBatches` has.
      while (count === 0 || performance.now() - start < roundMs) {
        while (calls.length <= ahead) calls.push(contenders[name]())
        await calls.shift()
        count++
      }
      await Promise.all(calls)
      own[name] = (performance.now() - start) / (count + calls.length)
    }
    // The first round warms up.
    if (round > 0) timed.push(own)
  }
  await session.dispose()
  return { rounds: timed }
}
