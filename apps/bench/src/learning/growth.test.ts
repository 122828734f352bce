import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ndarray } from '@gantry/core'
import { decodePng, imageGrid } from '@gantry/modalities'
import { expect, it } from 'vitest'
import { growthPicture } from './growth.ts'

/** A grid of 64 samples, each of one grey that grows from sample to sample. */
const grid = (side: number, first: number) =>
  imageGrid([
    {
      images: ndarray(
        'uint8',
        [64, side, side, 1],
        Uint8Array.from({ length: 64 * side ** 2 }, (_, index) => first + Math.floor(index / side ** 2)),
      ),
      range: [0, 255],
    },
  ])

it('has a row of samples for each size, of its last grid', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'gantry-growth-'))
  await writeFile(join(folder, '000010.png'), await grid(4, 100))
  expect(await growthPicture(folder)).toBeUndefined()
  await writeFile(join(folder, '000020.png'), await grid(4, 10))
  await writeFile(join(folder, '000030.png'), await grid(8, 150))
  const { width, height, data } = decodePng((await growthPicture(folder))!)
  expect([width, height]).toEqual([8 * 66 + 2, 2 * 66 + 2])
  const seen = (row: number, column: number) => data[(row * 66 + 30) * width + column * 66 + 30]
  expect([seen(0, 0), seen(0, 7), seen(1, 0), seen(1, 7)]).toEqual([10, 17, 150, 157])
  await rm(folder, { recursive: true })
})
