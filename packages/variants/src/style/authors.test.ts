import '@tensorflow/tfjs-backend-cpu'
import { installGradients, withNoise } from '@gantry/tfjs'
import { grad, oneHot, setBackend, square, sum, type Tensor, tensor, tidy, variableGrads } from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Network } from '../network.ts'
import { zeroCenteredPenalty } from '../penalties/gradient-penalties.ts'
import fixture from '../testing/fixtures/stylegan2-of-its-authors.json' with { type: 'json' }
import { authorsWeight } from './authors-names.ts'
import { mappingNetwork } from './mapping-network.ts'
import { pathLengths } from './path-length.ts'
import { styleDiscriminator } from './style-discriminator.ts'
import { styleGenerator } from './style-generator.ts'
import { styleGan2Options } from './style-options.ts'
import { planStyles } from './style-plan.ts'
import { synthesisNetwork } from './synthesis-network.ts'

// A small generator and discriminator with random weights, run by the authors' own code (NVlabs/stylegan2-ada-pytorch at d72cc7d,
// PyTorch 2.15): what the file holds are its numbers, weights with axes in our order.

type Numbers = { readonly shape: readonly number[]; readonly values: readonly number[] }

const given = ({ shape, values }: Numbers): Tensor => tensor([...values], [...shape])
const inference = { training: false }
const plan = planStyles('stylegan2', { modality: 'image', shape: [8, 8, 2] })
const options = styleGan2Options.parse({
  ...{ latentSize: 3, styleSize: 4, generatorWidth: 5, discriminatorWidth: 5, channelBase: 32 },
  ...{ mappingLayers: 1, minibatchStandardDeviation: 2 },
})
const seed = 1

/** Gives a network the authors' weights: all of them, and each of its own. */
function load(player: 'generator' | 'discriminator', network: Network): Network {
  const theirs: Readonly<Record<string, Numbers>> = fixture[player]
  const used = Object.entries(network.weights).map(([name, weight]) => {
    const { name: own } = authorsWeight(player, name)
    expect(theirs, name).toHaveProperty([own])
    expect(weight.shape, own).toEqual(theirs[own]!.shape)
    weight.assign(given(theirs[own]!))
    return own
  })
  expect(used.sort()).toEqual(
    Object.keys(theirs)
      .filter((name) => !name.endsWith('noise_const'))
      .sort(),
  )
  return network
}

function generator() {
  const mapping = mappingNetwork({
    ...{ name: 'mapping', latentSize: 3, classes: 2, styleSize: 4, layers: 2, learningRateMultiplier: 0.01, seed },
  })
  const synthesis = synthesisNetwork({ plan, options, seed })
  const own = styleGenerator({
    ...{ mapping, synthesis, shape: [plan.styles, 4], latentSize: 3, styleMixing: 0, averageDecay: 0.995 },
  })
  load('generator', own)
  return own
}

/** The authors' constant noise, the same for all samples, and y. */
function withTheirNoise<Result>(program: () => Result): Result {
  const maps = ['b4.conv1', 'b8.conv0', 'b8.conv1']
  const noises: Readonly<Record<string, Numbers>> = fixture.generator
  return withNoise(({ name, shape }) => {
    if (name === 'path_length') return given(fixture.y)
    const { values } = noises[`synthesis.${maps[Number(/noise_(\d)/.exec(name)![1]) - 1]}.noise_const`]!
    return tensor(Array.from({ length: shape[0]! }, () => values).flat(), [...shape])
  }, program)
}

function expectClose(actual: Tensor, { shape, values }: Numbers): void {
  expect(actual.size).toBe(shape.reduce((product, length) => product * length, 1))
  for (const [index, value] of actual.dataSync().entries()) {
    expect(Math.abs(value - values[index]!)).toBeLessThanOrEqual(1e-5 * Math.max(1, Math.abs(values[index]!)))
  }
}

const labels = () => oneHot(fixture.labels, 2, 1, 0, 'float32')

beforeAll(async () => {
  await setBackend('cpu')
  installGradients()
})

describe('the networks of StyleGAN2, with weights of the authors’ code', () => {
  it('map noise and labels to w, and w to images', () => {
    const own = generator()
    tidy(() => {
      const w = own.mapped({ latent: given(fixture.latent), labels: labels() }, inference)
      const truncated = own.truncated(w, tensor([0.7, 0.7, 0.7, 0.7]))
      expectClose(truncated, fixture.w)
      expectClose(
        withTheirNoise(() => own.synthesized(own.repeated(truncated), inference)),
        fixture.samples,
      )
    })
    own.dispose()
  })

  it('have as long paths from styles to images', () => {
    const own = generator()
    tidy(() => {
      const styles = own.repeated(own.mapped({ latent: given(fixture.latent), labels: labels() }, inference))
      // All of the batch's mean at once: what is left is how far each length is from it.
      const paths = pathLengths(1)
      const { penalty, length } = withTheirNoise(() =>
        paths.penalty((each) => own.synthesized(each, inference), styles),
      )
      const { values } = fixture.pathLengths
      const center = values.reduce((total, value) => total + value) / values.length
      expect(length.dataSync()[0]).toBeCloseTo(center, 4)
      const spread = values.reduce((total, value) => total + (value - center) ** 2, 0) / values.length
      expect(penalty.dataSync()[0]).toBeCloseTo(spread, 4)
      paths.dispose()
    })
    own.dispose()
  })

  it('judge images and labels, with the same slopes and the same R1', () => {
    const own = load('discriminator', styleDiscriminator({ plan, options, classes: 2, seed }))
    const { weights } = own
    tidy(() => {
      const judge = (samples: Tensor) => own.apply({ samples, labels: labels() }, inference).logits!
      const images = given(fixture.images)
      expectClose(judge(images), fixture.logits)
      const slopes = grad((samples: Tensor) => sum(judge(samples)))(images)
      expectClose(sum(square(slopes), [1, 2, 3]), fixture.r1)
      const named = {
        'b8.conv0.weight': 'b8/conv0/kernel',
        'b4.fc.weight': 'b4/dense/kernel',
        'mapping.fc0.weight': 'labels/dense0/kernel',
      }
      const moved = Object.values(named).map((name) => weights[name]!)
      const { value, grads } = variableGrads(() => zeroCenteredPenalty(judge, images), moved)
      expectClose(value, { shape: [], values: [fixture.r1.values.reduce((total, own) => total + own) / 8] })
      for (const [theirs, name] of Object.entries(named)) {
        expectClose(grads[weights[name]!.name]!, (fixture.r1Slopes as Record<string, Numbers>)[theirs]!)
      }
    })
    own.dispose()
  })
})

it('names every weight of the authors', () => {
  expect(authorsWeight('generator', 'synthesis/b8/conv0/style/kernel')).toEqual({
    name: 'synthesis.b8.conv0.affine.weight',
    kind: 'dense',
  })
  expect(authorsWeight('generator', 'synthesis/b4/constant').kind).toBe('map')
  expect(authorsWeight('generator', 'mapping/dense0/activation/bias')).toEqual({
    name: 'mapping.fc0.bias',
    kind: 'same',
  })
  expect(authorsWeight('discriminator', 'b4/dense/kernel')).toEqual({ name: 'b4.fc.weight', kind: 'flat-map' })
  expect(authorsWeight('discriminator', 'b16/skip/kernel')).toEqual({ name: 'b16.skip.weight', kind: 'convolution' })
})
