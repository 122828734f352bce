import { join } from 'node:path'
import { makeFolder, writeFileAtomically } from '@gantry/files'
import sharp from 'sharp'
import type { RunChart } from './curve-sections.ts'

/** Pixels of a PNG for one of the SVG: sharp on screens that have two. */
const DENSITY = 144

/**
 * Writes charts as `NAME.svg` and, on white, `NAME.png`.
 *
 * @returns the paths
 * @throws StorageError
 */
export async function writePlots(charts: readonly RunChart[], folder: string): Promise<string[]> {
  await makeFolder(folder)
  const paths: string[] = []
  for (const { name, svg } of charts) {
    const png = await sharp(Buffer.from(svg), { density: DENSITY }).flatten({ background: '#ffffff' }).png().toBuffer()
    for (const [extension, bytes] of [
      ['svg', svg],
      ['png', png],
    ] as const) {
      const path = join(folder, `${name}.${extension}`)
      await writeFileAtomically(path, bytes)
      paths.push(path)
    }
  }
  return paths
}
