import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { expect, it } from 'vitest'
import { writePhotographs } from './write-photographs.ts'

it.each(['png', 'jpeg'] as const)(
  'writes %s files of the size and number that were asked for, no two alike',
  async (format) => {
    const folder = mkdtempSync(join(tmpdir(), 'gantry-photographs-'))
    await writePhotographs({ folder, count: 2, side: 32, format })
    const files = readdirSync(folder)
    expect(files).toHaveLength(2)
    const means = []
    for (const file of files) {
      const path = join(folder, file)
      expect(await sharp(path).metadata()).toMatchObject({ format, width: 32, height: 32, channels: 3 })
      const { channels } = await sharp(path).stats()
      // Shapes, not one colour, and not noise alone.
      expect(channels[0]!.stdev).toBeGreaterThan(10)
      means.push(channels[0]!.mean)
    }
    expect(means[0]).not.toBe(means[1])
    rmSync(folder, { recursive: true })
  },
)
