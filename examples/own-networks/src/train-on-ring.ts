import '@tensorflow/tfjs-backend-cpu'
import { createOnnxRuntimeTraining } from '@gantry/backend-onnxruntime'
import { compileModel } from '@gantry/compiler'
import type { Fields } from '@gantry/core'
import { openDataset } from '@gantry/datasets'
import { RunFolder } from '@gantry/runs'
import { runConfigSchema, type TrainingOutcome, train } from '@gantry/training'
import type { GanModel } from '@gantry/variants'

/** Trains what is built for the fields of eight Gaussians on a ring; the run lies in the folder then. */
export async function trainOnRing(
  build: (fields: Fields) => GanModel,
  folder: string,
  steps: number,
): Promise<TrainingOutcome> {
  const dataset = await openDataset('ring8')
  const model = build(dataset.fields)
  const batchSize = model.phases[0]!.feeds.samples!.shape[0]!
  const config = runConfigSchema.parse({ variant: model.name, data: 'ring8', steps, batchSize })
  const session = await createOnnxRuntimeTraining({ device: 'cpu' }).prepare(await compileModel(model))
  try {
    return await train({ model, session, dataset, record: await RunFolder.create(folder, { config }), config })
  } finally {
    await session.dispose()
    model.dispose()
  }
}
