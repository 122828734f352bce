import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ndarray } from '@gantry/core'
import { imagePng } from '@gantry/modalities'

/** One PNG of colour noise. */
export function noisePng(height: number, width: number): Promise<Uint8Array> {
  const image = ndarray('float32', [1, height, width, 3])
  for (let index = 0; index < image.data.length; index++) image.data[index] = Math.sin(index * index)
  return imagePng(image, 0)
}

/** A folder of good images: `00.png` … */
export async function writeImages(folder: string, count: number): Promise<void> {
  await mkdir(folder, { recursive: true })
  for (let index = 0; index < count; index++) {
    await writeFile(join(folder, `${String(index).padStart(2, '0')}.png`), await noisePng(12 + index, 16))
  }
}
