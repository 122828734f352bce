import '@tensorflow/tfjs-backend-cpu'
import { createOnnxRuntimeTraining } from '@gantry/backend-onnxruntime'
import { compileModel } from '@gantry/compiler'
import type { RunEvent } from '@gantry/core'
import { openDataset } from '@gantry/datasets/points'
import { MemoryRecord, runConfigSchema, type TrainingOutcome, train } from '@gantry/training'
import { bindFields, vanilla } from '@gantry/variants'

/** Trains a GAN on eight Gaussians on a ring, in a browser as in Node; the record has what a run's folder would have. */
export async function trainOnRing(
  steps: number,
  onEvent: (event: RunEvent) => void,
): Promise<{ outcome: TrainingOutcome; record: MemoryRecord }> {
  const config = runConfigSchema.parse({ variant: 'vanilla', data: 'ring8', steps, batchSize: 256, sampleCount: 512 })
  const { batchSize, seed } = config
  const dataset = await openDataset(config.data)
  const options = vanilla.schema.parse({})
  const model = vanilla.build({ options, fields: bindFields(vanilla, dataset.fields), batchSize, seed })
  const session = await createOnnxRuntimeTraining({ device: 'cpu' }).prepare(await compileModel(model))
  const record = new MemoryRecord()
  try {
    return { outcome: await train({ model, session, dataset, record, config, onEvent }), record }
  } finally {
    await session.dispose()
    model.dispose()
  }
}
