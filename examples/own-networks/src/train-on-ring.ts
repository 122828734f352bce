import '@tensorflow/tfjs-backend-cpu'
import { createOnnxRuntimeTraining } from '@gantry/backend-onnxruntime'
import { compileModel } from '@gantry/compiler'
import { openDataset } from '@gantry/datasets'
import { RunFolder, runConfigSchema, type TrainingOutcome, train } from '@gantry/training'
import type { GanModel } from '@gantry/variants'

/** Trains any model on eight Gaussians on a ring; the run lies in the folder then. */
export async function trainOnRing(model: GanModel, folder: string, steps: number): Promise<TrainingOutcome> {
  const batchSize = model.phases[0]!.feeds.samples!.shape[0]!
  const config = runConfigSchema.parse({ variant: model.name, data: 'ring8', steps, batchSize })
  const dataset = await openDataset(config.data)
  const session = await createOnnxRuntimeTraining({ device: 'cpu' }).prepare(await compileModel(model))
  const run = await RunFolder.create(folder, config)
  try {
    return await train({ model, session, dataset, run, config })
  } finally {
    await session.dispose()
    model.dispose()
  }
}
