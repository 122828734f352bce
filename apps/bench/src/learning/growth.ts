import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ndarray } from '@gantry/core'
import { type Bitmap, decodePng, imageGrid } from '@gantry/modalities'

/** Of each size, the samples of the same noise. */
const SAMPLES = 8
/** Pixels around each image of a grid, and images in a row of it: as runs draw 64 samples. */
const [PADDING, COLUMNS] = [2, 8]
/** Side that every sample is enlarged to, each pixel a square. */
const SIDE = 64

/**
 * What a run that grows has drawn, from its smallest images on: a row for each size, of the last grid of it, the same noise below each
 * other. None where all its grids are of one size.
 *
 * @param folder of the grids: `000813.png` …
 */
export async function growthPicture(folder: string): Promise<Uint8Array | undefined> {
  const files = (await readdir(folder)).filter((name) => /^\d+\.png$/.test(name)).sort()
  const last = new Map<number, Bitmap>()
  for (const file of files) {
    const grid = decodePng(await readFile(join(folder, file)))
    last.set(sideOf(grid), grid)
  }
  if (last.size < 2) return undefined
  const grids = [...last].sort(([left], [right]) => left - right)
  const { channels } = grids[0]![1]
  const row = SIDE ** 2 * channels * SAMPLES
  const data = new Uint8Array(row * grids.length)
  for (const [index, [, grid]] of grids.entries()) data.set(enlarged(grid), index * row)
  const images = ndarray('uint8', [grids.length * SAMPLES, SIDE, SIDE, channels], data)
  return imageGrid([{ images, range: [0, 255] }], { columns: SAMPLES })
}

const sideOf = ({ width }: Bitmap) => (width - PADDING) / COLUMNS - PADDING

/** The first samples of a grid, one after the other. */
function enlarged(grid: Bitmap): Uint8Array {
  const { width, channels, data } = grid
  const side = sideOf(grid)
  const values = new Uint8Array(SAMPLES * SIDE ** 2 * channels)
  for (let index = 0, at = 0; index < SAMPLES; index++) {
    const left = PADDING + index * (side + PADDING)
    for (let y = 0; y < SIDE; y++) {
      for (let x = 0; x < SIDE; x++, at += channels) {
        const [row, column] = [y, x].map((place) => Math.floor((place * side) / SIDE)) as [number, number]
        const pixel = ((PADDING + row) * width + left + column) * channels
        values.set(data.subarray(pixel, pixel + channels), at)
      }
    }
  }
  return values
}
