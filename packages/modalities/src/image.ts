import { type NDArray, type Port, pilBicubicTaps, resample, rowsOf } from '@gantry/core'
import { coarsePixels } from './coarse-pixels.ts'
import { givenOrDrawn } from './given-rows.ts'
import { type GridImages, imageGrid, imagePng } from './image-grid.ts'
import type { Modality, Shown } from './modality.ts'
import { readImage } from './read-image.ts'

type AllShown = Readonly<Record<string, Shown>>

/** Pictures, [height, width, channels] in the field's range: shown as a grid, beside what they were made from. */
export const image: Modality = {
  name: 'image',
  takesData: true,
  control: 'picture',
  supply: (port, { data, ...request }) =>
    givenOrDrawn(port, { ...request, ...(data && { data: reduced(port, data) }) }, 'photo.png'),
  fit: reduced,
  parse: readImage,
  extensions: ['.png', '.jpg', '.jpeg', '.webp', '.gif', '.tif', '.tiff', '.avif', '.svg'],
  coordinates: coarsePixels,
  shownAs: 'png',
  show: async (parts, beside, layout) => ({
    extension: 'png',
    bytes: await imageGrid(sideBySide(parts, beside), layout),
  }),
  async showOne(parts, index) {
    const [first, ...others] = Object.values(parts)
    const bytes =
      others.length === 0
        ? await imagePng(first!.values, index, first!.field.range)
        : await imageGrid(sideBySide(parts).map((part) => ({ ...part, images: rowsOf(part.images, index, 1) })))
    return { extension: 'png', bytes }
  },
}

/** Images of the data at the size of what takes or imitates smaller ones: bicubic, within the range. */
function reduced({ reduced: factor, range }: Port, images: NDArray): NDArray {
  if (factor === undefined || factor === 1) return images
  const [, height, width] = images.shape as readonly [number, number, number, number]
  const small = resample(images, [Math.floor(height / factor), Math.floor(width / factor)], pilBicubicTaps)
  const [minimum, maximum] = range ?? [-1, 1]
  for (let index = 0; index < small.data.length; index++) {
    small.data[index] = Math.min(maximum, Math.max(minimum, small.data[index]!))
  }
  return small
}

/** What went in, and then every output before what it should have been. */
function sideBySide(parts: AllShown, beside: AllShown = {}): GridImages[] {
  const inputs = Object.entries(beside).flatMap(([name, shown]) => (name in parts ? [] : [shown]))
  const outputs = Object.entries(parts).flatMap(([name, part]) => [part, beside[name] ?? []].flat())
  return [...inputs, ...outputs].flatMap(({ field, values }) =>
    field.modality === image.name ? [{ images: values, range: field.range }] : [],
  )
}
