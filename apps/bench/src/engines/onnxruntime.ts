import '@tensorflow/tfjs-backend-cpu'
import { createOnnxRuntimeTraining } from '@gantry/backend-onnxruntime'
import { compileModel } from '@gantry/compiler'
import { float32 } from '@gantry/core'
import * as tf from '@tensorflow/tfjs-core'
import { type Engine, serveEngine } from '../serve-engine.ts'
import { BATCH_SIZE, LATENT_SIZE } from '../tutorial.ts'
import { createTutorial } from '../tutorial-model.ts'

async function start(threads: number): Promise<Engine> {
  await tf.setBackend('cpu')
  const { model, images, latents } = createTutorial(BATCH_SIZE)
  const session = await createOnnxRuntimeTraining({ device: 'cpu', threads }).prepare(await compileModel(model))
  const feeds = {
    images: float32([BATCH_SIZE, 28, 28, 1], images),
    latents: float32([BATCH_SIZE, LATENT_SIZE], latents),
  }
  return {
    version: session.report.version,
    note: 'the TF.js step, recorded by @gantry/compiler',
    async step() {
      const { discriminatorLoss, generatorLoss } = await session.run('step', feeds)
      return [discriminatorLoss!, generatorLoss!]
    },
  }
}

await serveEngine(() => start(Number(process.argv[2])))
