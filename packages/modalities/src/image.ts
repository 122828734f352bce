import { rowsOf } from '@gantry/core'
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
  supply: (port, request) => givenOrDrawn(port, request, 'photo.png'),
  parse: readImage,
  coordinates: coarsePixels,
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

/** What went in, and then every output before what it should have been. */
function sideBySide(parts: AllShown, beside: AllShown = {}): GridImages[] {
  const inputs = Object.entries(beside).flatMap(([name, shown]) => (name in parts ? [] : [shown]))
  const outputs = Object.entries(parts).flatMap(([name, part]) => [part, beside[name] ?? []].flat())
  return [...inputs, ...outputs].flatMap(({ field, values }) =>
    field.modality === image.name ? [{ images: values, range: field.range }] : [],
  )
}
