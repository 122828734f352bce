import { type NDArray, ndarray, sizeOfShape, UnsupportedError } from '@gantry/core'
import { givenOrDrawn } from './given-rows.ts'
import type { Modality, Shown } from './modality.ts'
import { parseNumbers } from './parse-numbers.ts'
import { axesAround, scatterPlot } from './scatter-plot.ts'

/** Coordinates: shown as a scatter plot over real points. */
export const points: Modality = {
  name: 'points',
  control: 'text',
  takesData: true,
  // Enough to show the shape of the real distribution without hiding the generated points.
  beside: 1000,
  supply: (port, request) => givenOrDrawn(port, request, '0.5,-1'),
  parse: async (field, text) => parseNumbers(field, text),
  coordinates: ({ shape: [rows = 0, ...shape], data }) => ({
    rows,
    columns: sizeOfShape(shape as number[]),
    data: Float64Array.from(data, Number),
  }),
  shownAs: 'png',
  async show(parts, beside = {}) {
    const generated = joined(parts)!
    const background = joined(beside)
    const [first] = Object.values(parts)
    const axes = first?.field.range ?? axesAround(background ?? generated)
    return { extension: 'png', bytes: await scatterPlot(generated, { axes, ...(background && { background }) }) }
  },
}

/** The points of all outputs. */
function joined(shown: Readonly<Record<string, Shown>>): NDArray | undefined {
  const arrays = Object.entries(shown).map(([name, { values }]) => planar(name, values))
  if (arrays.length < 2) return arrays[0]
  const all = Float64Array.from(arrays.flatMap(({ data }) => Array.from(data, Number)))
  return ndarray('float64', [all.length / 2, 2], all)
}

function planar(name: string, values: NDArray): NDArray {
  const [, ...shape] = values.shape
  if (shape.length === 1 && shape[0] === 2) return values
  throw new UnsupportedError({
    code: 'POINTS_DIMENSION',
    message: `Only points of shape [2] can be drawn; those of '${name}' are [${shape.join(', ')}].`,
  })
}
