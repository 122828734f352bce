import '@tensorflow/tfjs-backend-cpu'
import { RandomStream, sizeOfShape } from '@gantry/core'
import { withNoise } from '@gantry/tfjs'
import { setBackend, tensor, tidy } from '@tensorflow/tfjs-core'
import { beforeAll, expect, it } from 'vitest'
import fixture from '../testing/fixtures/augmentations-of-their-authors.json' with { type: 'json' }
import { type AugmentationPolicy, augment } from './differentiable.ts'

// What the authors' `AugmentPipe` (NVlabs/stylegan2-ada-pytorch at d72cc7d, training/augment.py) makes of the same images and draws; their
// file is not needed to run this.

beforeAll(() => setBackend('cpu'))

type Draw = (name: string, shape: readonly number[]) => readonly number[]

/** Images augmented with draws by their name within a policy. */
const augmented = (
  policies: readonly AugmentationPolicy[],
  share: number,
  shape: number[],
  values: number[],
  draw: Draw,
) =>
  tidy(() =>
    withNoise(
      ({ name, shape: own }) => tensor([...draw(name.slice('here/'.length), own)], [...own]),
      () => [...augment(tensor(values, shape), policies, share, 'here').dataSync()],
    ),
  )

function worst(made: readonly number[], expected: readonly number[]): number {
  expect(made).toHaveLength(expected.length)
  return Math.max(...expected.map((value, index) => Math.abs(made[index]! - value)))
}

// With every number at the same percentile, where nothing is turned a second time.
it.each([
  ['ada-geometry', fixture.geometry, ['scale', 'stretch', 'shift/x', 'shift/y']],
  ['ada-color', fixture.color, ['brightness', 'contrast', 'saturation']],
] as const)('%s does as the authors’ code', (policy, expected, normals) => {
  const { images, percentile, normal } = fixture
  const made = augmented([policy], 1, images.shape, images.values, (name, shape) => {
    const own = name.slice(`${policy}/`.length)
    const always = own === 'turn_after/applies' ? 1 : 0
    const drawn = (normals as readonly string[]).includes(own) ? normal : percentile
    return new Array(shape[0]!).fill(own.endsWith('/applies') ? always : drawn)
  })
  // They mirror before they enlarge, here far pixels are mirrored after:
  expect(worst(made, expected.values)).toBeLessThanOrEqual(policy === 'ada-color' ? 1e-5 : 0.05)
})

// With draws of their own for every image, some of which are left as they are.
it.each(fixture.drawn)('$policy does as the authors’ code, draw by draw', ({ policy, shape, drawn, values }) => {
  const images = Array.from({ length: sizeOfShape(shape) }, (_, index) => Math.sin(7 * index))
  const numbers = drawn as unknown as Readonly<Record<string, readonly number[]>>
  const made = augmented([policy as AugmentationPolicy], fixture.share, shape, images, (name) => {
    return numbers[name.slice(`${policy}/`.length)]!
  })
  expect(worst(made, values)).toBeLessThanOrEqual(1e-5)
})

it('knows several policies by the authors’ letters, which are applied one after the other', () => {
  const singles = ['ada-geometry', 'ada-color', 'ada-filter', 'ada-noise', 'ada-cutout'] as const
  const groups = ['bg', 'bgc', 'bgcf', 'bgcfn', 'bgcfnc'] as const
  const shape = [2, 4, 4, 3]
  const images = Array.from({ length: 96 }, (_, index) => Math.sin(7 * index))
  const draw: Draw = (name, own) => [...new RandomStream(1, name).fillUniform(new Float32Array(sizeOfShape(own)))]
  let before = images
  for (const [index, group] of groups.entries()) {
    const made = augmented([group], 0.9, shape, images, draw)
    expect(made).toEqual(augmented(singles.slice(0, index + 1), 0.9, shape, images, draw))
    expect(made).not.toEqual(before)
    before = made
  }
})
