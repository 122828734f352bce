import sharp from 'sharp'

/** What libvips sees in a PNG. */
export async function pixels(png: Uint8Array) {
  const image = sharp(png)
  if ((await image.metadata()).channels === 1) image.toColourspace('b-w')
  const { data, info } = await image.raw().toBuffer({ resolveWithObject: true })
  const at = (x: number, y: number) => [
    ...data.subarray((y * info.width + x) * info.channels, (y * info.width + x + 1) * info.channels),
  ]
  return { ...info, at }
}
