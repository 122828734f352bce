// Trains `classifier-mnist` on MNIST's 60,000 training images, checks it on the 10,000 test images, and writes its weights
// into src/classifier/generated. A few minutes on two cores; build the packages first (`pnpm build`).
//
//   node packages/metrics/classifier/train.mjs [--epochs 6] [--out FILE]
import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import '@tensorflow/tfjs-backend-cpu'
import { createOnnxRuntimeTraining } from '@gantry/backend-onnxruntime'
import { compileModel } from '@gantry/compiler'
import { ndarray, RandomStream } from '@gantry/core'
import { openDataset } from '@gantry/datasets'
import { augment } from './augment.mjs'
import { encodeHalf, foldedWeights } from './export-weights.mjs'
import { buildNetwork, CLASSES, trainableModel } from './network.mjs'

const SEED = 2026
const BATCH = 128
const PEAK_LEARNING_RATE = 0.1
const REQUIRED_ACCURACY = 0.99

const { values: options } = parseArgs({
  options: {
    epochs: { type: 'string', default: '6' },
    out: {
      type: 'string',
      default: fileURLToPath(new URL('../src/classifier/generated/mnist-weights.ts', import.meta.url)),
    },
  },
})
const start = performance.now()

const network = buildNetwork(SEED)
const compiled = await compileModel(trainableModel(network, BATCH))
const session = await createOnnxRuntimeTraining({ device: 'cpu' }).prepare(compiled)

const training = await openDataset('mnist')
const test = await openDataset('mnist-test')
const { value: testSet } = await test.batches({ batchSize: test.size, seed: SEED }).next()

/** The test images that it gets right. */
async function countCorrect() {
  let correct = 0
  const size = 28 * 28
  for (let from = 0; from < test.size; from += 500) {
    const pixels = testSet.image.data.subarray(from * size, (from + 500) * size).map((value) => (value + 1) / 2)
    const { logits } = await session.evaluate('classify', { images: ndarray('float32', [500, 28, 28, 1], pixels) })
    for (let row = 0; row < 500; row++) {
      const scores = logits.data.subarray(row * CLASSES, (row + 1) * CLASSES)
      if (scores.indexOf(Math.max(...scores)) === testSet.label.data[from + row]) correct++
    }
  }
  return correct
}

/** Rises over the first tenth of the steps, then falls to 0 as a cosine. */
function learningRateAt(step, steps) {
  const rise = steps / 10
  if (step < rise) return (PEAK_LEARNING_RATE * (step + 1)) / rise
  return (PEAK_LEARNING_RATE * (1 + Math.cos((Math.PI * (step - rise)) / (steps - rise)))) / 2
}

const stepsPerEpoch = Math.floor(training.size / BATCH)
const steps = Math.round(stepsPerEpoch * Number(options.epochs))
const random = new RandomStream(SEED, 'classifier/augment')
let step = 0
let losses = 0
for await (const { image, label } of training.batches({ batchSize: BATCH, seed: SEED })) {
  const classes = ndarray('float32', [BATCH, CLASSES])
  for (const [row, index] of label.data.entries()) classes.data[row * CLASSES + index] = 1
  const { loss } = await session.run('step', {
    images: ndarray('float32', image.shape, augment(image.data, random)),
    classes,
    learningRate: ndarray('float32', [], Float32Array.of(learningRateAt(step, steps))),
  })
  losses += loss
  step++
  if (step % stepsPerEpoch === 0) {
    const seconds = ((performance.now() - start) / 1000).toFixed(0)
    console.log(
      `epoch ${step / stepsPerEpoch}: loss ${(losses / stepsPerEpoch).toFixed(4)}, test ${await countCorrect()}, ${seconds} s`,
    )
    losses = 0
  }
  if (step === steps) break
}

const correct = await countCorrect()
const arrays = foldedWeights(await session.readState())
const bytes = encodeHalf(arrays)
const sha256 = createHash('sha256').update(bytes).digest('hex')
await session.dispose()

console.log(`${correct} of ${test.size} test images, ${bytes.length} bytes, sha256 ${sha256}`)
if (correct < REQUIRED_ACCURACY * test.size) {
  console.error(`At least ${REQUIRED_ACCURACY * test.size} are required: nothing is written.`)
  process.exit(1)
}
mkdirSync(dirname(options.out), { recursive: true })
writeFileSync(
  options.out,
  `// Written by packages/metrics/classifier/train.mjs: ${correct} of ${test.size} test images before rounding to float16.

/** SHA-256 of the bytes below. */
export const mnistWeightsHash = '${sha256}'

/** Arrays in the order of the bytes, and their shapes. */
export const mnistWeightShapes: readonly (readonly [name: string, shape: readonly number[]])[] = [
${arrays.map(({ name, shape }) => `  ['${name}', [${shape.join(', ')}]],`).join('\n')}
]

/** Little-endian float16, base64. */
export const mnistWeights: string =
  '${bytes.toString('base64')}'
`,
)
