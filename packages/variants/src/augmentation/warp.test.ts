import '@tensorflow/tfjs-backend-cpu'
import { withNoise } from '@gantry/tfjs'
import { setBackend, type Tensor, tensor, tidy } from '@tensorflow/tfjs-core'
import { beforeAll, expect, it } from 'vitest'
import fixture from '../testing/fixtures/augmentations-of-their-authors.json' with { type: 'json' }
import { moving } from './affine.ts'
import { type AugmentationPolicy, augment } from './differentiable.ts'
import { warp } from './warp.ts'

beforeAll(() => setBackend('cpu'))

const [height, width] = [4, 5]
const values = Array.from({ length: height * width }, (_, index) => Math.sin(7 * index))
const one = (value: number): Tensor => tensor([value], [1, 1, 1])
const shown = (map: Parameters<typeof warp>[1]) =>
  tidy(() => [...warp(tensor(values, [1, height, width, 1]), map).dataSync()])

// The filter is orthogonal: enlarged and reduced by it, pixels are what they were.
it('leaves pixels as they are that are only moved', () => {
  for (const [index, value] of shown(moving(one(0), one(0))).entries()) expect(value).toBeCloseTo(values[index]!, 5)
  const moved = shown(moving(one(1), one(-1)))
  for (const [row, column] of [
    [1, 0],
    [3, 3],
    [2, 2],
  ] as const) {
    expect(moved[row * width + column]).toBeCloseTo(values[(row - 1) * width + column + 1]!, 2)
  }
})

it('finds a pixel even far away, where the image is mirrored again and again', () => {
  for (const value of shown(moving(one(1000.3), one(-777.7)))) expect(Math.abs(value)).toBeLessThan(2)
})

// The authors' `AugmentPipe` (NVlabs/stylegan2-ada-pytorch at d72cc7d, training/augment.py) with every number at the same percentile, where
// nothing is turned a second time; their file is not needed to run this.
it.each([
  ['ada-geometry', fixture.geometry, ['scale', 'stretch', 'shift/x', 'shift/y']],
  ['ada-color', fixture.color, ['brightness', 'contrast', 'saturation']],
] as const)('%s does as the authors’ code', (policy, expected, normals) => {
  const { images, percentile, normal } = fixture
  const made = tidy(() =>
    withNoise(
      ({ name, shape }) => {
        const own = name.slice(`here/${policy}/`.length)
        const always = own === 'turn_after/applies' ? 1 : 0
        const drawn = (normals as readonly string[]).includes(own) ? normal : percentile
        return tensor(new Array(shape[0]!).fill(own.endsWith('/applies') ? always : drawn), [...shape])
      },
      () => [
        ...augment(
          tensor(images.values, images.shape as [number]),
          [policy as AugmentationPolicy],
          1,
          'here',
        ).dataSync(),
      ],
    ),
  )
  let worst = 0
  for (const [index, value] of expected.values.entries()) worst = Math.max(worst, Math.abs(made[index]! - value))
  // They mirror before they enlarge, here far pixels are mirrored after:
  expect(worst).toBeLessThanOrEqual(policy === 'ada-color' ? 1e-5 : 0.05)
})
