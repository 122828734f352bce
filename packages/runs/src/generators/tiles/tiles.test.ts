import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type NDArray, ndarray } from '@gantry/core'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { LoadedGenerator } from '../load-generator.ts'
import { RasterFile } from './raster-file.ts'
import { tileInputs } from './tile-inputs.ts'
import { blendWeights, stretchesOf } from './tile-plan.ts'
import { writeTiled } from './write-tiled.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gantry-tiles-'))
})
afterAll(() => rm(folder, { recursive: true }))

const image = { modality: 'image', dtype: 'float32', range: [-1, 1] } as const

/** Twice as large, each pixel the mean of itself and its eight neighbours, as a network with a receptive field of 3 sees them. */
const enlarger = (run: (low: NDArray) => NDArray = blurTwice) =>
  ({
    path: 'enlarger.onnx',
    manifest: {
      variant: 'enlarger',
      inputs: { low: { ...image, shape: ['height', 'width', 3] } },
      outputs: { high: { ...image, shape: ['2*height', '2*width', 3] } },
    },
    evaluate: async ({ low }: Record<string, NDArray>) => ({ high: run(low!) }),
    dispose: async () => {},
  }) as unknown as LoadedGenerator

function blurTwice({ shape, data }: NDArray): NDArray {
  const [, height, width, channels] = shape as [number, number, number, number]
  const high = ndarray('float32', [1, 2 * height, 2 * width, channels])
  for (let y = 0; y < 2 * height; y++) {
    for (let x = 0; x < 2 * width; x++) {
      for (let channel = 0; channel < channels; channel++) {
        let [sum, count] = [0, 0]
        for (const [dy, dx] of [-1, 0, 1].flatMap((dy) => [-1, 0, 1].map((dx) => [dy, dx] as const))) {
          const [row, column] = [(y >> 1) + dy, (x >> 1) + dx]
          if (row < 0 || column < 0 || row >= height || column >= width) continue
          sum += data[(row * width + column) * channels + channel] as number
          count++
        }
        high.data[(y * 2 * width + x) * channels + channel] = sum / count
      }
    }
  }
  return high
}

async function photo(height: number, width: number): Promise<string> {
  const path = join(folder, `${height}x${width}.png`)
  const data = Uint8Array.from({ length: height * width * 3 }, (_, index) => (index * index * 31) % 253)
  await writeFile(
    path,
    await sharp(data, { raw: { height, width, channels: 3 } })
      .png()
      .toBuffer(),
  )
  return path
}

const pixelsOf = async (path: string) => [...(await sharp(path).raw().toBuffer())]

describe('tiles of an axis', () => {
  it.each([
    [100, 32, 8],
    [33, 32, 8],
    [90, 32, 0],
    [57, 32, 15],
    [20, 32, 8],
  ])('of %i by %i with %i shared cover it, and count as one everywhere', (axis, tile, overlap) => {
    const stretches = stretchesOf(axis, tile, overlap)
    const sums = new Float64Array(axis)
    for (const [index, weights] of blendWeights(stretches).entries()) {
      for (const [place, weight] of weights.entries()) sums[stretches[index]!.start + place]! += weight
      expect(Math.min(...weights)).toBeGreaterThan(0)
    }
    for (const sum of sums) expect(sum).toBeCloseTo(1, 12)
  })

  it('are refused where they would not get on', () => {
    expect(() => stretchesOf(100, 16, 8)).toThrow(expect.objectContaining({ code: 'TILE_INVALID' }))
  })
})

describe('writeTiled', () => {
  it('makes what the whole image would give, but for the surroundings that a network sees', async () => {
    const path = await photo(45, 70)
    const whole = join(folder, 'whole.png')
    const tiled = join(folder, 'tiled.png')
    const seen: [number, number][] = []
    expect(await writeTiled(enlarger(), { image: path, out: whole, tile: 128, seed: 0 })).toEqual({
      height: 90,
      width: 140,
    })
    await writeTiled(enlarger(), {
      ...{ image: path, out: tiled, tile: 20, overlap: 6, seed: 0 },
      onProgress: (done, total) => seen.push([done, total]),
    })
    expect(seen.at(-1)).toEqual([15, 15])
    const [one, other] = [await pixelsOf(whole), await pixelsOf(tiled)]
    expect(other.length).toBe(90 * 140 * 3)
    // The border of a tile is blurred without its neighbours, and counts little there.
    const wrong = one.filter((value, index) => Math.abs(value - other[index]!) > 12)
    expect(wrong.length / one.length).toBeLessThan(0.05)
    const identical = enlarger(({ shape, data }) => {
      const [, height, width] = shape as [number, number, number]
      return ndarray(
        'float32',
        [1, 2 * height, 2 * width, 3],
        Float32Array.from({ length: height * width * 12 }, (_, index) => {
          const [pixel, channel] = [Math.floor(index / 3), index % 3]
          const [row, column] = [Math.floor(pixel / (2 * width)) >> 1, (pixel % (2 * width)) >> 1]
          return data[(row * width + column) * 3 + channel] as number
        }),
      )
    })
    await writeTiled(identical, { image: path, out: whole, tile: 128, seed: 0 })
    await writeTiled(identical, { image: path, out: tiled, tile: 20, overlap: 6, seed: 0 })
    expect(await pixelsOf(tiled)).toEqual(await pixelsOf(whole))
  })

  it('leaves nothing behind when it is stopped or fails', async () => {
    const path = await photo(40, 40)
    const before = await readdir(folder)
    const fail = enlarger(() => {
      throw new Error('no more memory')
    })
    const request = { image: path, out: join(folder, 'failed.png'), tile: 16, seed: 0 }
    await expect(writeTiled(fail, request)).rejects.toThrow('no more memory')
    await expect(writeTiled(enlarger(), { ...request, signal: AbortSignal.abort() })).rejects.toThrow(/abort/i)
    expect(await readdir(folder)).toEqual(before)
  })

  it('draws maps of noise for every tile, of functions that take some beside the image', async () => {
    const { manifest, evaluate, ...rest } = enlarger()
    const noise = { modality: 'noise', dtype: 'float32', drawn: 'uniform', shape: ['height/4', 'width/4', 8] } as const
    const inputs = { low: { ...manifest.inputs.low!, multiples: { height: 4, width: 4 } }, noise }
    const seen: NDArray[] = []
    const noisy: LoadedGenerator = {
      ...{ ...rest, manifest: { ...manifest, inputs } },
      evaluate: ({ low, noise }, draw) => {
        seen.push(noise!)
        return evaluate({ low: low! }, draw)
      },
    }
    await writeTiled(noisy, { image: await photo(40, 24), out: join(folder, 'noisy.png'), tile: 24, seed: 0 })
    expect(seen.map(({ shape }) => shape)).toEqual([
      [1, 6, 6, 8],
      [1, 6, 6, 8],
    ])
    expect(seen[0]!.data).not.toEqual(seen[1]!.data)
  })

  it('writes over no image that it reads, not even over one of a folder', async () => {
    const own = join(folder, 'own')
    await mkdir(own)
    const files = ['a.png', 'b.png'].map((name) => join(own, name))
    for (const file of files) await copyFile(await photo(8, 8), file)
    const before = await readFile(files[0]!)
    for (const [image, out] of [
      [files[0]!, files[0]!],
      [files[0]!, own],
      [own, own],
    ] as const) {
      const request = { assignments: [`low=${image}`], out, tile: 8, seed: 0 }
      await expect(tileInputs(enlarger(), request)).rejects.toMatchObject({ code: 'OUT_IS_INPUT' })
    }
    expect([await readdir(own), await readFile(files[0]!)]).toEqual([['a.png', 'b.png'], before])
  })

  it('is for functions that make an image of an image, and for image files', async () => {
    const path = await photo(40, 40)
    const request = { image: path, out: join(folder, 'x.png'), tile: 16, seed: 0 }
    const { manifest, ...rest } = enlarger()
    const latent = {
      ...manifest,
      inputs: { latent: { modality: 'latent', dtype: 'float32', shape: [2], drawn: 'normal' } },
    }
    await expect(writeTiled({ ...rest, manifest: latent } as LoadedGenerator, request)).rejects.toMatchObject({
      code: 'TILES_UNSUPPORTED',
    })
    await expect(writeTiled(enlarger(), { ...request, out: 'x.bmp' })).rejects.toMatchObject({ code: 'OUT_INVALID' })
    await writeFile(join(folder, 'text.png'), 'no image')
    await expect(writeTiled(enlarger(), { ...request, image: join(folder, 'text.png') })).rejects.toMatchObject({
      code: 'IMAGE_UNREADABLE',
    })
  })
})

it.each([1, 3, 4])('images of %i channels are written row by row in several formats', async (channels) => {
  const [height, width] = [37, 11]
  const data = Uint8Array.from({ length: height * width * channels }, (_, index) => (index * 7) % 256)
  for (const name of ['a.png', 'a.tif', 'a.webp']) {
    const path = join(folder, name)
    const file = await RasterFile.create(path, { height, width, channels })
    await file.add(data.subarray(0, 20 * width * channels))
    await file.add(data.subarray(20 * width * channels))
    await file.finish()
    const found = await sharp(path).metadata()
    expect([found.height, found.width]).toEqual([height, width])
    if (name === 'a.webp') continue
    const pixels = sharp(path).toColourspace(channels === 1 ? 'b-w' : 'srgb')
    expect([...(await pixels.raw().toBuffer())]).toEqual([...data])
  }
})
