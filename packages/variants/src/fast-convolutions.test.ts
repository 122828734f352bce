import '@tensorflow/tfjs-backend-cpu'
import { createOnnxRuntimeTraining } from '@gantry/backend-onnxruntime'
import { compileModel } from '@gantry/compiler'
import { float32, type State } from '@gantry/core'
import { setBackend } from '@tensorflow/tfjs-core'
import { beforeAll, expect, it } from 'vitest'
import { buildVariant } from './testing/fields.ts'
import { drawAt, drawFeeds, weightError } from './testing/training-feeds.ts'

// Networks so narrow that TF.js can train them keep the operators of ONNX. These are wide enough for products of matrices:
// here the slow twin is the direct form, which the other tests hold equal to TF.js.

// Steps so small that rounding stays rounding: at 0.005 a ReLU whose input lies at 0 takes the other side in the second step, and
// TF.js is then as far from either form as they are from each other.
const wide = { generatorWidth: 32, discriminatorWidth: 32, optimizer: 'sgd', learningRate: 1e-4 }

const cases = [
  ['dcgan', [28, 28, 1], { kernelSize: 5 }],
  ['dcgan', [32, 32, 3], { update: 'simultaneous' }],
  ['cgan', [28, 28, 1], { discriminatorNormalization: 'none' }],
  ['wgan-gp', [28, 28, 1], { discriminatorNormalization: 'none' }],
  ['sngan', [16, 16, 3], { architecture: 'resnet' }],
] as const

const classes = 3
const batchSize = 16
const steps = 3

beforeAll(async () => {
  await setBackend('cpu')
})

it.each(cases)('%s of [%s] with %o trains alike in both forms of its convolutions', async (variant, shape, options) => {
  const model = buildVariant(variant, { shape, classes, batchSize, options: { ...wide, ...options } })
  const backend = createOnnxRuntimeTraining({ device: 'cpu', threads: 1 })
  const [direct, fast] = [
    await compileModel(model, { convolutions: 'direct' }),
    await compileModel(model, { convolutions: 'fast' }),
  ]
  const operators = ({ phases }: typeof direct) =>
    phases.reduce(
      (count, { program }) => count + Buffer.from(program.graph).toString('latin1').split('Conv_').length - 1,
      0,
    )
  // Small layers stay as they are.
  expect(operators(fast)).toBeLessThan(operators(direct) / 2)
  const sessions = [await backend.prepare(direct), await backend.prepare(fast)] as const
  for (let step = 0; step < steps; step++) {
    for (const phase of model.phases) {
      const feeds = drawFeeds(phase, step, classes)
      const draw = drawAt(phase.name, step)
      const [left, right] = [
        await sessions[0].run(phase.name, feeds, draw),
        await sessions[1].run(phase.name, feeds, draw),
      ]
      for (const [name, value] of Object.entries(left)) {
        const difference = Math.abs(value - right[name]!)
        expect(difference, `${phase.name}/${name} at step ${step}`).toBeLessThanOrEqual(2e-5 * Math.abs(value) + 1e-6)
      }
    }
  }
  const [left, right] = [await sessions[1].readState(), await sessions[0].readState()]
  const moved = (state: State) =>
    Object.fromEntries(
      Object.entries(state).map(([name, { shape, data }]) => {
        const start = direct.variables[name]!.data
        return [
          name,
          float32(
            shape,
            Float32Array.from(data as Float32Array, (value, index) => value - Number(start[index])),
          ),
        ]
      }),
    )
  for (const prefix of ['generator/', 'discriminator/', 'generatorEma/']) {
    expect(weightError(moved(left), moved(right), prefix), prefix).toBeLessThanOrEqual(1e-4)
  }
  await Promise.all(sessions.map((session) => session.dispose()))
  model.dispose()
})
