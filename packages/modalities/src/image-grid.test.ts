import { float32, ndarray } from '@gantry/core'
import { describe, expect, it } from 'vitest'
import { imageGrid, imagePng } from './image-grid.ts'
import { pixels } from './testing/pixels.ts'

describe('imageGrid', () => {
  it('puts images row by row with 2 pixels around each', async () => {
    const images = float32([3, 1, 2, 1], [-1, 1, 0, -0.5, 0.5, 2])
    const { width, height, channels, at } = await pixels(await imageGrid(images))
    expect([width, height, channels]).toEqual([10, 8, 1])
    expect([at(2, 2), at(3, 2), at(6, 2), at(7, 2), at(2, 5), at(3, 5)]).toEqual([
      [0],
      [255],
      [128],
      [64],
      [191],
      [255],
    ])
    expect([at(0, 0), at(4, 2), at(3, 3), at(6, 5)]).toEqual([[0], [0], [0], [0]])
  })

  it('has as many columns as are asked for', async () => {
    const { width, height, at } = await pixels(await imageGrid(float32([3, 1, 1, 1], [1, 0, -1]), { columns: 3 }))
    expect([width, height, at(2, 2), at(5, 2), at(8, 2)]).toEqual([11, 5, [255], [128], [0]])
  })

  it('keeps colours and transparency', async () => {
    const colour = await pixels(await imageGrid(float32([1, 1, 1, 3], [1, -1, 0])))
    expect([colour.width, colour.at(2, 2)]).toEqual([5, [255, 0, 128]])
    const transparent = await pixels(await imageGrid(float32([1, 1, 1, 4], [1, -1, 0, -1])))
    expect([transparent.at(2, 2), transparent.at(0, 0)]).toEqual([
      [255, 0, 128, 0],
      [0, 0, 0, 255],
    ])
  })

  it('puts what belongs together side by side, whatever its size, colours and range', async () => {
    const grey = { images: ndarray('uint8', [2, 1, 1, 1], Uint8Array.from([51, 0])), range: [0, 255] as const }
    const colour = { images: float32([2, 2, 1, 4], [1, -1, 0, 1, ...new Array(11).fill(1), -1]) }
    const { width, height, channels, at } = await pixels(await imageGrid([grey, colour]))
    // One cell a row: 2 + 1 + 2 + 1 + 2 pixels, of 2 + 2 + 2 + 2 + 2.
    expect([width, height, channels]).toEqual([8, 10, 4])
    expect([at(2, 2), at(5, 2), at(5, 3), at(2, 6), at(5, 7)]).toEqual([
      [51, 51, 51, 255],
      [255, 0, 128, 255],
      [255, 255, 255, 255],
      [0, 0, 0, 255],
      [255, 255, 255, 0],
    ])
    await expect(imageGrid([{ images: ndarray('float32', [3, 1, 1, 1]) }, colour])).rejects.toMatchObject({
      code: 'COUNTS_DIFFER',
      message: expect.stringContaining('not 3 and 2'),
    })
  })

  it('draws what would be too large for a picture smaller', async () => {
    const images = ndarray('float32', [4, 6000, 3, 1])
    images.data.set([1, -1, -1, 1], 0)
    const { width, height, at } = await pixels(await imageGrid(images))
    expect([width, height]).toEqual([10, 6006])
    // (1 - 1 - 1 - 1 + 0 …) of the first 2 × 2 pixels: 255, 0, and twice the 255 and 128 of the next row.
    expect([at(2, 2), at(3, 2)]).toEqual([[Math.round((255 + 0 + 255 + 128) / 4)], [Math.round((0 + 128) / 2)]])
  })

  it('draws one image of a batch', async () => {
    const { width, height, at } = await pixels(await imagePng(float32([2, 1, 2, 1], [0, 0, 1, -1]), 1))
    expect([width, height, at(0, 0), at(1, 0)]).toEqual([2, 1, [255], [0]])
  })

  it('refuses what are no images', async () => {
    await expect(imageGrid(ndarray('float32', [4, 2]))).rejects.toThrow(/\[4, 2\]/)
    await expect(imageGrid(ndarray('float32', [1, 2, 2, 2]))).rejects.toMatchObject({ code: 'NOT_IMAGES' })
  })
})
