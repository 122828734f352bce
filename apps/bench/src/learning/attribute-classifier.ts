import { ndarray } from '@gantry/core'
import { openDataset } from '@gantry/datasets'
import type { FeatureExtractor } from '@gantry/metrics'
import { CLASSIFIER_FEATURES, trainSmallClassifier } from './small-classifier.ts'

const FACES = 10_000
const SIDE = 32
const SEED = 1
const LAYER = 'features'

/**
 * Features of a small classifier that has learnt to tell the 34 kinds of hair and hats of cartoon faces, trained here each time: nobody
 * publishes one. What it does not tell, such as a mouth, counts little in them.
 */
export async function attributeClassifier(): Promise<FeatureExtractor> {
  const dataset = await openDataset('avataaars', { size: SIDE })
  const { value } = await dataset.batches({ batchSize: FACES, seed: SEED }).next()
  const labels = Int32Array.from(value!.top!.data as Int32Array)
  const classes = dataset.fields.top!.names!.length
  const samples = ndarray('float32', value!.image!.shape, value!.image!.data as Float32Array)
  const classifier = await trainSmallClassifier({ samples, labels }, { classes, seed: SEED })
  await dataset.dispose?.()
  return {
    name: 'attribute-classifier',
    frechetName: 'attribute-frechet',
    layers: { [LAYER]: CLASSIFIER_FEATURES },
    featureLayer: LAYER,
    protocol: {
      extractor: 'attribute-classifier',
      ...{ weights: `seed ${SEED}`, resizer: 'none', quantisation: 'round(127.5·(x + 1))' },
    },
    async extract({ shape, data }) {
      const images = ndarray(
        'float32',
        shape,
        Float32Array.from(data, (byte) => byte / 127.5 - 1),
      )
      const features = await classifier.features(images)
      return { [LAYER]: { rows: shape[0]!, columns: CLASSIFIER_FEATURES, data: features.data } }
    },
    dispose: () => classifier.dispose(),
  }
}
