import { float32, ndarray } from '@gantry/core'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { imageGrid, imagePng } from './image-grid.ts'
import { axesAround, scatterPlot } from './scatter-plot.ts'

async function pixels(png: Uint8Array) {
  const image = sharp(png)
  if ((await image.metadata()).channels === 1) image.toColourspace('b-w')
  const { data, info } = await image.raw().toBuffer({ resolveWithObject: true })
  const at = (x: number, y: number) => [
    ...data.subarray((y * info.width + x) * info.channels, (y * info.width + x + 1) * info.channels),
  ]
  return { ...info, at }
}

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

  it('keeps colours and transparency', async () => {
    const colour = await pixels(await imageGrid(float32([1, 1, 1, 3], [1, -1, 0])))
    expect([colour.width, colour.at(2, 2)]).toEqual([5, [255, 0, 128]])
    const transparent = await pixels(await imageGrid(float32([1, 1, 1, 4], [1, -1, 0, -1])))
    expect([transparent.at(2, 2), transparent.at(0, 0)]).toEqual([
      [255, 0, 128, 0],
      [0, 0, 0, 255],
    ])
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

describe('scatterPlot', () => {
  it('draws points over the real ones, and leaves out what lies outside', async () => {
    const background = float32([2, 2], [0.5, 0.5, -0.5, 0.5])
    const points = float32([2, 2], [0.5, 0.5, 9, 9])
    const plot = await pixels(await scatterPlot(points, { axes: [-1, 1], background }))
    const [quarter, threeQuarters] = [Math.round(479 / 4), Math.round((479 * 3) / 4)]
    expect(plot.at(threeQuarters, quarter)).toEqual([30, 90, 200])
    expect(plot.at(quarter, quarter)).toEqual([170, 170, 170])
    expect(plot.at(quarter, threeQuarters)).toEqual([255, 255, 255])
  })

  it('has axes around all points', async () => {
    expect(axesAround(float32([1, 2], [-2, 1]))).toEqual([-2.5, 2.5])
    await expect(scatterPlot(ndarray('float32', [3, 3]), { axes: [-1, 1] })).rejects.toMatchObject({
      code: 'NOT_POINTS',
    })
  })
})
