// Precision, recall, density and coverage of 10,000 × 10,000 samples of 2,048 features: time and peak memory, through ONNX
// Runtime in float32. Needs a build. Usage: node bench/precision-recall.mjs [samples]
import { cpus, loadavg } from 'node:os'
import { createOnnxRuntimeInference } from '@gantry/backend-onnxruntime'
import { createBackendProducts, precisionRecall } from '../dist/index.js'

const [ROWS, WIDTH] = [Number(process.argv[2] ?? 10_000), 2048]

function features(seed, shift) {
  let state = seed
  const data = new Float32Array(ROWS * WIDTH)
  for (let index = 0; index < data.length; index++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    // As after a ReLU, with a few directions that carry most of the variance.
    data[index] = Math.max(0, (state / 2 ** 32 - 0.4 + shift) * 2 ** -((index % WIDTH) % 6))
  }
  return { rows: ROWS, columns: WIDTH, data }
}

const sets = [features(1, 0), features(2, 0.01)]
const inputs = process.memoryUsage().rss
const products = await createBackendProducts(createOnnxRuntimeInference({ device: 'cpu' }), 'float32')
const start = performance.now()
const { warnings, ...scores } = await precisionRecall(...sets, { products })
const seconds = ((performance.now() - start) / 1000).toFixed(1)
const peak = (process.resourceUsage().maxRSS * 1024 - inputs) / 1e6
await products.dispose()
console.log(JSON.stringify(scores), warnings.join(' '))
console.log(
  `${ROWS} × ${ROWS} × ${WIDTH}: ${seconds} s, ${peak.toFixed(0)} MB beside the features; ${cpus()[0].model}, ${cpus().length} cores, load ${loadavg()[0].toFixed(1)}`,
)
