import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import * as tf from '@tensorflow/tfjs-core'
import { createTutorial } from '../cases/tutorial-model.ts'
import { TFJS_NODE, TFJS_NODE_VARIABLE } from '../peers/tfjs-node.ts'
import { type Engine, serveEngine } from '../serve-engine.ts'

/**
 * What a TF.js backend is imported from, and the name under which it registers. `node` is imported from the folder that
 * GANTRY_BENCH_TFJS_NODE names: its native library is not in the workspace.
 */
const backends = {
  cpu: { load: () => import('@tensorflow/tfjs-backend-cpu'), name: 'cpu' },
  wasm: { load: () => import('@tensorflow/tfjs-backend-wasm'), name: 'wasm' },
  node: { load: loadNodeBackend, name: 'tensorflow' },
} satisfies Record<string, { load: () => Promise<unknown>; name: string }>

/** TF.js keeps its engine and kernels in the global object: a second copy of its core in that folder does no harm. */
async function loadNodeBackend(): Promise<unknown> {
  const folder = process.env[TFJS_NODE_VARIABLE]
  const require = createRequire(folder === undefined ? import.meta.url : join(resolve(folder), 'package.json'))
  return require(TFJS_NODE)
}

async function start(kind: keyof typeof backends, batchSize: number, joined: boolean): Promise<Engine> {
  const { load, name } = backends[kind]
  await load()
  await tf.setBackend(name)
  await tf.ready()
  const tutorial = createTutorial(batchSize, joined)
  return {
    version: tf.version_core,
    async step() {
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

const [kind, batchSize, images] = process.argv.slice(2) as [keyof typeof backends, string, string | undefined]
await serveEngine(() => start(kind, Number(batchSize), images === 'joined'))
