/** Pixels in memory, row by row. */
export interface Bitmap {
  readonly width: number
  readonly height: number
  readonly channels: 1 | 3 | 4
  readonly data: Uint8Array
}

/** The same pixels give the same bytes. */
export async function encodePng({ width, height, channels, data }: Bitmap): Promise<Uint8Array> {
  // Loaded when it is needed: it takes longer than everything else here.
  const { default: sharp } = await import('sharp')
  const image = sharp(data, { raw: { width, height, channels } })
  if (channels === 1) image.toColourspace('b-w')
  return image.png().toBuffer()
}
