// Feature extraction through extractFeatures against a bare ONNX Runtime loop over the same graph.
//
//   pnpm --filter @gantry/metrics... build && node packages/metrics/bench/extraction.mjs [batches=4] [batch=16] [rounds=5] [side=64]
//
// The pipeline draws every batch anew, as a data set would, and computes in its worker; the bare loop has its feeds ready and calls
// `session.run`. Both take turns in one process, since other programs disturb machines like these: what counts is the ratio
// within a round. The weights are random: the time does not depend on them.

import { createRequire } from 'node:module'
import { performance } from 'node:perf_hooks'
import { createOnnxRuntimeInference } from '@gantry/backend-onnxruntime'
import { ndarray } from '@gantry/core'
import { createInceptionFid, extractFeatures, knownWeights } from '@gantry/metrics'

const [batches = 4, batchSize = 16, rounds = 5, side = 64] = process.argv.slice(2).map(Number)
const ort = createRequire(import.meta.resolve('@gantry/backend-onnxruntime'))('onnxruntime-node')

const { shapes } = knownWeights.find(({ name }) => name === 'inception-fid')
const tensors = new Map(
  [...shapes].map(([name, shape]) => {
    const size = shape.reduce((product, length) => product * length, 1)
    const positive = name.endsWith('running_var') || name.endsWith('bn.weight')
    const bound = shape.length > 1 ? Math.sqrt(6 / (size / shape[0])) : 0.125
    const data = Float32Array.from({ length: size }, () => (positive ? 1 : 0) + (Math.random() * 2 - 1) * bound)
    return [name, ndarray('float32', shape, data)]
  }),
)

function drawBatch(index) {
  const data = new Uint8Array(batchSize * side * side * 3)
  let state = index + 1
  for (let at = 0; at < data.length; at++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    data[at] = state >>> 24
  }
  return ndarray('uint8', [batchSize, side, side, 3], data)
}

function* draw() {
  for (let index = 0; index < batches; index++) yield drawBatch(index)
}

// The very bytes and feeds that the extractor hands over.
let bytes
let feeds
const backend = createOnnxRuntimeInference({ device: 'cpu' })
const recording = {
  ...backend,
  async load(model) {
    bytes = model
    const session = await backend.load(model)
    const run = (own) => {
      feeds ??= own
      return session.run(own)
    }
    return { report: session.report, run, dispose: () => session.dispose() }
  },
}
const extractor = await createInceptionFid(recording, { tensors, sha256: 'random', official: false })
const layers = Object.keys(extractor.layers)
await extractor.extract(drawBatch(0), layers)

const session = await ort.InferenceSession.create(bytes, JSON.parse(process.env.ORT_OPTIONS ?? '{}'))
const ready = Array.from({ length: batches }, (_, index) => {
  const all = { ...feeds, images: drawBatch(index) }
  return Object.fromEntries(
    Object.entries(all).map(([name, { dtype, shape, data }]) => [name, new ort.Tensor(dtype, data, shape)]),
  )
})
await session.run(ready[0])

async function secondsOf(work) {
  const start = performance.now()
  await work()
  return (performance.now() - start) / 1000
}
const pipeline = () => extractFeatures(draw(), extractor, layers)
const bare = async () => {
  for (const each of ready) await session.run(each)
}

const images = batches * batchSize
const ratios = []
for (let round = 0; round < rounds; round++) {
  // Who begins changes, so that a machine that slows down favours nobody.
  const order = round % 2 === 0 ? [bare, pipeline] : [pipeline, bare]
  const times = new Map()
  for (const work of order) times.set(work, await secondsOf(work))
  const ratio = times.get(bare) / times.get(pipeline)
  ratios.push(ratio)
  const speed = (work) => (images / times.get(work)).toFixed(2)
  console.log(
    `round ${round + 1}: bare ${speed(bare)} images/s, extractFeatures ${speed(pipeline)} images/s, ratio ${ratio.toFixed(3)}`,
  )
}
ratios.sort((left, right) => left - right)
console.log(`median ratio ${ratios[Math.floor(rounds / 2)].toFixed(3)} (at least 0.95 is the aim)`)
await extractor.dispose()
await session.release()
