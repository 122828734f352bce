import '@tensorflow/tfjs-backend-cpu'
import { createOnnxRuntimeTraining } from '@gantry/backend-onnxruntime'
import { compileModel } from '@gantry/compiler'
import type { Fields } from '@gantry/core'
import { openDataset } from '@gantry/datasets'
import { RunFolder } from '@gantry/runs'
import { type RunConfig, type TrainingOutcome, train } from '@gantry/training'
import type { GanModel } from '@gantry/variants'

/** Trains what is built for the data that the configuration names; the run lies in the folder then. */
export async function trainOwn(
  config: RunConfig,
  build: (fields: Fields) => GanModel,
  folder: string,
): Promise<TrainingOutcome> {
  const dataset = await openDataset(config.data, config.dataOptions)
  const model = build(dataset.fields)
  const session = await createOnnxRuntimeTraining({ device: 'cpu' }).prepare(await compileModel(model))
  try {
    return await train({ model, session, dataset, record: await RunFolder.create(folder, { config }), config })
  } finally {
    await session.dispose()
    model.dispose()
  }
}
