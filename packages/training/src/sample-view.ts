import { type Dataset, type NDArray, UnsupportedError } from '@gantry/core'
import { imageGrid } from './image-grid.ts'
import { axesAround, scatterPlot } from './scatter-plot.ts'

/** Enough to show the shape of the real distribution without hiding the generated points. */
const BACKGROUND_POINTS = 1000

/** Draws a batch of samples as one PNG. */
export type SampleView = (samples: NDArray) => Promise<Uint8Array>

/**
 * How samples like a data set's are looked at: images as a grid, points as a scatter plot over real ones, whose axes are
 * the same at every call.
 *
 * @throws UnsupportedError `POINTS_DIMENSION` for points that are not 2-D.
 */
export async function sampleView(dataset: Dataset, seed: number): Promise<SampleView> {
  if (dataset.kind === 'image') return imageGrid
  if (dataset.sampleShape.length !== 1 || dataset.sampleShape[0] !== 2) {
    throw new UnsupportedError({
      code: 'POINTS_DIMENSION',
      message: `Only points of shape [2] can be drawn; those of '${dataset.name}' are [${dataset.sampleShape.join(', ')}].`,
    })
  }
  const background = await realSamples(dataset, BACKGROUND_POINTS, seed)
  const axes = axesAround(background)
  return (samples) => scatterPlot(samples, { axes, background })
}

/** The first samples that a data set gives for a seed: [count, ...sampleShape]. */
export async function realSamples(dataset: Dataset, count: number, seed: number): Promise<NDArray> {
  const batches = dataset.batches({ batchSize: count, seed })
  const { value } = await batches.next()
  await batches.return?.()
  return value.samples
}
