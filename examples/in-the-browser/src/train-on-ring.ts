import '@tensorflow/tfjs-backend-cpu'
import { createOnnxRuntimeTraining } from '@gantry/backend-onnxruntime'
import { compileModel } from '@gantry/compiler'
import type { RunEvent } from '@gantry/core'
import { openDataset } from '@gantry/datasets/points'
import { configureRun, MemoryRecord, type TrainingOutcome, train } from '@gantry/training'
import { buildModel, vanilla } from '@gantry/variants'

/** Trains a GAN on eight Gaussians on a ring, in a browser as in Node; the record has what a run's folder would have. */
export async function trainOnRing(
  steps: number,
  onEvent: (event: RunEvent) => void,
): Promise<{ outcome: TrainingOutcome; record: MemoryRecord }> {
  const config = configureRun(vanilla, { data: 'ring8', steps, batchSize: 256, sampleCount: 512 })
  const dataset = await openDataset(config.data, config.dataOptions)
  const model = buildModel(vanilla, config, dataset.fields)
  const session = await createOnnxRuntimeTraining({ device: 'cpu' }).prepare(await compileModel(model))
  const record = new MemoryRecord()
  try {
    return { outcome: await train({ model, session, dataset, record, config, onEvent }), record }
  } finally {
    await session.dispose()
    model.dispose()
  }
}
