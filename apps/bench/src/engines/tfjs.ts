import * as tf from '@tensorflow/tfjs-core'
import { type Engine, serveEngine } from '../serve-engine.ts'
import { createTutorial, type Tutorial } from '../tutorial-model.ts'

/** What a TF.js backend is imported from; the union packages of tfjs-node register theirs as `tensorflow`. */
const backends = {
  cpu: { module: '@tensorflow/tfjs-backend-cpu', name: 'cpu' },
  wasm: { module: '@tensorflow/tfjs-backend-wasm', name: 'wasm' },
  node: { module: '@tensorflow/tfjs-node', name: 'tensorflow' },
}

async function start(kind: keyof typeof backends): Promise<Engine> {
  const { module, name } = backends[kind]
  await import(module)
  await tf.setBackend(name)
  await tf.ready()
  const tutorials = new Map<number, Tutorial>()
  return {
    version: tf.version_core,
    async step(batchSize) {
      const tutorial = tutorials.get(batchSize) ?? createTutorial(batchSize)
      tutorials.set(batchSize, tutorial)
      const losses = tf.tidy(() => {
        const { discriminatorLoss, generatorLoss } = tutorial.model.phases[0]!.program({
          images: tf.tensor(tutorial.images, [batchSize, 28, 28, 1]),
          latents: tf.tensor(tutorial.latents, [batchSize, 100]),
        })
        return tf.stack([discriminatorLoss!, generatorLoss!])
      })
      const values = Array.from(await losses.data())
      losses.dispose()
      return values
    },
  }
}

await serveEngine(() => start(process.argv[2] as keyof typeof backends))
