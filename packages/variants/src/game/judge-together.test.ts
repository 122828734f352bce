import '@tensorflow/tfjs-backend-cpu'
import { compileModel } from '@gantry/compiler'
import { concat, oneHot, setBackend, type Tensor, tensor, tidy } from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import type { ArchitectureRequest } from '../architectures/architecture.ts'
import { architectureOptions } from '../architectures/architecture-options.ts'
import { findArchitecture } from '../architectures/find-architecture.ts'
import { judge } from '../judge.ts'
import { buildVariant, samplesOf as fieldOfShape } from '../testing/fields.ts'
import { normal } from '../testing/formula.ts'

const batch = 4
const narrow = { generatorWidth: 4, discriminatorWidth: 4, hiddenUnits: 8 }

beforeAll(async () => {
  await setBackend('cpu')
})

function discriminatorOf(options: Record<string, unknown>, shape: readonly number[], more = {}) {
  const parsed = architectureOptions.parse({ ...narrow, ...options })
  const request: ArchitectureRequest = {
    options: parsed,
    latentSize: 8,
    samples: fieldOfShape(shape),
    seed: 1,
    ...more,
  }
  return findArchitecture(parsed.architecture, request.samples).discriminator(request)
}

const samplesOf = (name: string, shape: readonly number[]) =>
  tensor(Float32Array.from(normal(name, batch, ...shape).values), [batch, ...shape])

describe('a discriminator that treats every sample on its own', () => {
  it.each([
    ['mlp', { discriminatorNormalization: 'layer' }, [2], {}],
    ['dcgan', { discriminatorNormalization: 'none' }, [16, 16, 1], {}],
    ['dcgan', { discriminatorNormalization: 'group' }, [16, 16, 3], { packing: 2 }],
    ['resnet', { discriminatorNormalization: 'instance' }, [16, 16, 1], { heads: { label: 3 } }],
    ['dcgan', { discriminatorNormalization: 'none', conditioning: 'concatenation' }, [16, 16, 1], { classes: 3 }],
    ['dcgan', { discriminatorNormalization: 'none', conditioning: 'projection' }, [16, 16, 1], { classes: 3 }],
  ])('%s %j judges two batches together as apart', (architecture, options, shape, more) => {
    const discriminator = discriminatorOf({ architecture, ...options }, shape, more)
    expect(discriminator.perSample).toBe(true)
    tidy(() => {
      const classes = 'classes' in more ? (oneHot([0, 1, 2, 0], 3, 1, 0, 'float32') as Tensor) : undefined
      const judged = (samples: Tensor, labels: Tensor | undefined) => {
        const { logits, features, heads } = judge(discriminator, samples, labels, { training: true })
        return [logits, features, ...Object.values(heads)]
      }
      const [real, fake] = [samplesOf('real', shape), samplesOf('fake', shape)]
      const apart = [judged(real, classes), judged(fake, classes)] as const
      const together = judged(concat([real, fake]), classes && concat([classes, classes]))
      for (const [index, values] of together.entries()) {
        const expected = concat([apart[0][index]!, apart[1][index]!])
        expect(values.shape).toEqual(expected.shape)
        const own = values.dataSync()
        for (const [place, value] of expected.dataSync().entries()) {
          expect(Math.abs(own[place]! - value)).toBeLessThanOrEqual(1e-5 * Math.max(1, Math.abs(value)))
        }
      }
    })
    discriminator.dispose()
  })

  it.each([
    { discriminatorNormalization: 'batch' },
    { discriminatorNormalization: 'spectral' },
    { discriminatorNormalization: 'none', minibatchDiscrimination: 2 },
    { discriminatorNormalization: 'none', minibatchStandardDeviation: 2 },
  ])('is none with %j', (options) => {
    const discriminator = discriminatorOf({ architecture: 'dcgan', ...options }, [16, 16, 1])
    expect(discriminator.perSample).toBe(false)
    discriminator.dispose()
  })
})

describe('the graphs of a game', () => {
  /** Nodes of one operator: in the file, field 4 of a node is the operator's name with its length in front. */
  const count = async (options: Record<string, unknown>, operator: string) => {
    const own = { ...narrow, discriminatorNormalization: 'none', ...options }
    const model = buildVariant('dcgan', { options: own, shape: [16, 16, 1], batchSize: batch })
    const { phases } = await compileModel(model, { convolutions: 'direct' })
    model.dispose()
    const [first] = phases
    return (
      Buffer.from(first!.program.graph)
        .toString('latin1')
        .split(`\x22${String.fromCharCode(operator.length)}${operator}`).length - 1
    )
  }

  it('judge a batch of both kinds once, where they may', async () => {
    // Two hidden layers with an activation each.
    expect(await count({ judgeTogether: true }, 'LeakyRelu')).toBe(2)
    expect(await count({ judgeTogether: false }, 'LeakyRelu')).toBe(4)
  })

  it('make the samples once, and judge each kind once, when both players move at once', async () => {
    expect(await count({ update: 'simultaneous' }, 'Tanh')).toBe(1)
    expect(await count({ update: 'simultaneous' }, 'LeakyRelu')).toBe(4)
  })
})
