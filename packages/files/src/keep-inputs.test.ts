import { link, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { expect, it } from 'vitest'
import { keepInputs } from './keep-inputs.ts'

it('knows a file by whatever name, and lets others be written', async () => {
  const root = await mkdtemp(join(tmpdir(), 'gantry-keep-'))
  try {
    const at = (name: string) => join(root, name)
    await writeFile(at('photo.png'), 'x')
    await writeFile(at('other.png'), 'x')
    await symlink('photo.png', at('by-name.png'))
    await link(at('photo.png'), at('by-number.png'))
    for (const output of [at('photo.png'), relative('.', at('photo.png')), at('by-name.png'), at('by-number.png')]) {
      expect(() => keepInputs([at('other.png'), at('photo.png')], [at('new.png'), output])).toThrow(
        expect.objectContaining({
          code: 'OUT_IS_INPUT',
          message: expect.stringContaining(`'${output}' is to be written`),
        }),
      )
    }
    expect(() => keepInputs([at('photo.png'), at('gone.png')], [at('other.png'), at('gone.png')])).not.toThrow()
  } finally {
    await rm(root, { recursive: true })
  }
})
