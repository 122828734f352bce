import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { storageError, suggestedPath } from './index.ts'

it('finds what was meant in the same folder, and nothing where nothing is like it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'gantry-suggested-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  for (const name of ['mnist', 'faces', 'photo.png']) await mkdir(join(folder, name))
  expect(suggestedPath(join(folder, 'mnits'))).toBe(`Did you mean '${join(folder, 'mnist')}'?`)
  expect(suggestedPath(join(folder, 'Faces'))).toBe(`Did you mean '${join(folder, 'faces')}'?`)
  expect(suggestedPath(join(folder, 'horses'))).toBeUndefined()
  expect(suggestedPath(join(folder, 'mnist'))).toBeUndefined()
  expect(suggestedPath(join(folder, 'none', 'mnist'))).toBeUndefined()
  const missing = Object.assign(new Error('no'), { code: 'ENOENT' })
  const fixOf = (name: string) => storageError('read', join(folder, name), missing).fix
  expect(fixOf('photos.png')).toBe(`Did you mean '${join(folder, 'photo.png')}'?`)
  expect(fixOf('horses.gif')).toBe('Check the path.')
})
