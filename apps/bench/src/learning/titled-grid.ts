import { type NDArray, ndarray, sizeOfShape } from '@gantry/core'
import { type GridImages, imageGrid } from '@gantry/modalities'
import sharp from 'sharp'

/** Pixels from the top of a title to the images below. */
const TITLE_HEIGHT = 16

/**
 * Images side by side in columns, each below its title: of one image a row, of many so many rows beside each other that the sheet is nearly
 * square.
 *
 * @param columns bytes by title, all of one size: [count, height, width, 1 or 3 channels]
 * @returns a PNG
 */
export async function titledGrid(columns: Readonly<Record<string, NDArray<'uint8'>>>): Promise<Uint8Array> {
  const parts = Object.entries(columns)
  const [count, , width] = parts[0]![1].shape as readonly [number, number, number]
  const layout = { columns: Math.max(1, Math.floor(Math.sqrt(count / parts.length))) }
  const titles = parts.map(async ([title]) => asPart(await repeated(await drawn(title, width), layout.columns)))
  // Grids of the same widths are laid out alike.
  const head = await imageGrid(await Promise.all(titles), layout)
  const body = await imageGrid(
    parts.map(([, images]) => asPart(images)),
    layout,
  )
  const { height } = await sharp(head).metadata()
  const below = sharp(body).extend({ top: height, background: 'black' })
  return below
    .composite([{ input: Buffer.from(head), left: 0, top: 0 }])
    .png()
    .toBuffer()
}

const asPart = (images: NDArray): GridImages => ({ images, range: [0, 255] })

/** White on black: [1, height, width, 3]. */
async function drawn(title: string, width: number): Promise<NDArray<'uint8'>> {
  const text = `<text x="50%" y="12" text-anchor="middle" font-family="sans-serif" font-size="12" fill="white">${title}</text>`
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${TITLE_HEIGHT}">${text}</svg>`
  const pixels = sharp(Buffer.from(svg)).flatten({ background: 'black' }).toColourspace('srgb').raw()
  return ndarray('uint8', [1, TITLE_HEIGHT, width, 3], new Uint8Array(await pixels.toBuffer()))
}

function repeated({ shape, data }: NDArray<'uint8'>, count: number): NDArray<'uint8'> {
  const all = new Uint8Array(count * sizeOfShape(shape))
  for (let index = 0; index < count; index++) all.set(data, index * data.length)
  return ndarray('uint8', [count, ...shape.slice(1)], all)
}
