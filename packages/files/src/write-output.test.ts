import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { checkOutput, writeOutput } from './write-output.ts'

it('makes the folders that are missing, and names what is in the way', async () => {
  const root = await mkdtemp(join(tmpdir(), 'gantry-output-'))
  try {
    const path = join(root, 'x/y/z.txt')
    for (const text of ['one', 'two']) {
      await writeOutput(path, text)
      expect(await readFile(path, 'utf8')).toBe(text)
    }
    await writeFile(join(root, 'file'), '')
    expect(() => checkOutput(join(root, 'new.TXT'), 'txt', 'A list')).not.toThrow()
    expect(() => checkOutput(join(root, 'new.png'), 'txt', 'A list')).toThrow(
      /A list is a file that ends in \.txt, not .*new\.png/,
    )
    for (const folder of [join(root, 'x'), 'new/']) {
      expect(() => checkOutput(folder, 'txt', 'A list')).toThrow(expect.objectContaining({ code: 'OUT_IS_FOLDER' }))
    }
    await expect(writeOutput(join(root, 'file/z.txt'), '')).rejects.toMatchObject({ code: 'NOT_A_FOLDER' })
    for (const folder of [join(root, 'x'), `${join(root, 'new')}/`]) {
      await expect(writeOutput(folder, '')).rejects.toMatchObject({ code: 'OUT_IS_FOLDER' })
    }
  } finally {
    await rm(root, { recursive: true })
  }
})
