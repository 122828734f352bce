import { float32, ndarray, pointsField } from '@gantry/core'
import { describe, expect, it } from 'vitest'
import { points } from './points.ts'
import { axesAround, scatterPlot } from './scatter-plot.ts'
import { pixels } from './testing/pixels.ts'

const [quarter, threeQuarters] = [Math.round(479 / 4), Math.round((479 * 3) / 4)]

describe('scatterPlot', () => {
  it('draws points over the real ones, and leaves out what lies outside', async () => {
    const background = float32([2, 2], [0.5, 0.5, -0.5, 0.5])
    const generated = float32([2, 2], [0.5, 0.5, 9, 9])
    const plot = await pixels(await scatterPlot(generated, { axes: [-1, 1], background }))
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

describe('points', () => {
  const values = float32([1, 2], [0.5, 0.5])
  const field = pointsField([2])

  it('are shown on the axes of their field', async () => {
    const { extension, bytes } = await points.show!({ samples: { field: pointsField([2], [-1, 1]), values } })
    expect(extension).toBe('png')
    expect((await pixels(bytes)).at(threeQuarters, quarter)).toEqual([30, 90, 200])
  })

  it('are shown over the real ones, else around themselves', async () => {
    // The axes reach a quarter further than the real points: from -1 to 1.
    const real = { field, values: float32([1, 2], [-0.8, 0.2]) }
    const plot = await pixels((await points.show!({ samples: { field, values } }, { samples: real })).bytes)
    expect(plot.at(threeQuarters, quarter)).toEqual([30, 90, 200])
    expect(plot.at(Math.round(479 * 0.1), Math.round(479 * 0.4))).toEqual([170, 170, 170])
    const alone = await pixels((await points.show!({ samples: { field, values } })).bytes)
    expect(alone.at(Math.round(479 * 0.9), Math.round(479 * 0.1))).toEqual([30, 90, 200])
  })

  it('of several outputs lie in one plot', async () => {
    const other = { field, values: float32([1, 2], [-0.5, 0.5]) }
    const { bytes } = await points.show!({ a: { field: pointsField([2], [-1, 1]), values }, b: other })
    const plot = await pixels(bytes)
    expect([plot.at(threeQuarters, quarter), plot.at(quarter, quarter)]).toEqual([
      [30, 90, 200],
      [30, 90, 200],
    ])
  })

  it('are drawn in two dimensions only', async () => {
    const solid = { field: pointsField([3]), values: ndarray('float32', [4, 3]) }
    await expect(points.show!({ samples: solid })).rejects.toMatchObject({
      code: 'POINTS_DIMENSION',
      message: "Only points of shape [2] can be drawn; those of 'samples' are [3].",
    })
  })

  it('are written as coordinates', async () => {
    expect(await points.parse!(field, '0.5,-1')).toEqual(float32([1, 2], [0.5, -1]))
  })
})
