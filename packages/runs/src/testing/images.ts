import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ndarray } from '@gantry/core'
import { openDataset } from '@gantry/datasets'
import { imagePng } from '@gantry/modalities'
import { firstSamples } from '@gantry/training'

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

/** A folder of real digits: the first of MNIST, by a seed. */
export async function writeDigits(folder: string, count: number): Promise<void> {
  const digits = await openDataset('mnist')
  const { image } = await firstSamples(digits, count, 0)
  for (let index = 0; index < count; index++) {
    await writeFile(join(folder, `${String(index).padStart(2, '0')}.png`), await imagePng(image!, index))
  }
  await digits.dispose?.()
}
