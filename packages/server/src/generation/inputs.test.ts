import type { ModelManifest } from '@gantry/core'
import { type Latent, placesOnWay, spherical, wayThrough } from '@gantry/latents'
import { supply } from '@gantry/modalities'
import { expect, it } from 'vitest'
import { usualLimits } from '../limits.ts'
import { inputsFor, type Mixed } from './inputs.ts'

const inputs = {
  latent: { modality: 'latent', dtype: 'float32', shape: [6], drawn: 'normal' },
  style: { modality: 'latent', dtype: 'float32', shape: [4], drawn: 'uniform' },
  labels: { modality: 'label', dtype: 'int32', shape: [], range: [0, 9] },
} as const
const manifest = { inputs, outputs: {} } as unknown as ModelManifest
const drawn = (seed: number) => supply(inputs, { seed, from: 0, count: 1 })

/** The inputs of the frames of a way. */
function way(seeds: readonly number[], frames: number) {
  const places = placesOnWay(seeds, { frames, loop: false }).map(
    ({ from, to, at }): Mixed =>
      (drawOf, { between }) =>
        between(drawOf(from), drawOf(to), at),
  )
  return inputsFor({ manifest }, { seed: seeds[0]!, count: frames, asked: {}, places }, usualLimits)
}

it('leads from seed to seed as a walk does, and from a draw of each to the bit', async () => {
  const frames = 5
  const { latent, style, labels } = await way([3, 8], frames)
  const points = [3, 8].map((seed) => drawn(seed).latent!.data as Latent)
  const walk = wayThrough(points, { frames, loop: false, between: spherical })
  expect([...latent!.data]).toEqual(walk.flatMap((place) => [...place]))
  for (const [name, { data }] of Object.entries({ latent: latent!, style: style! })) {
    const size = data.length / frames
    expect([data.subarray(0, size), data.subarray(-size)]).toEqual([3, 8].map((seed) => drawn(seed)[name]!.data))
  }
  expect([...style!.data].map(Number).every((value) => value >= 0 && value < 1)).toBe(true)
  expect(new Set([...labels!.data].map(Number)).size).toBe(1)
})

it('stands still between a seed and itself', async () => {
  const { latent } = await way([3, 3], 4)
  const own = [...drawn(3).latent!.data].map(Number)
  const near = own.map((value) => expect.closeTo(value, 5))
  expect([...latent!.data]).toEqual([...near, ...near, ...near, ...near])
})
