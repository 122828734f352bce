import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { findPackage, installCommand } from './npm-package.ts'

let root: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'gantry-npm-package-'))
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await rm(root, { recursive: true, force: true })
})

describe('the line that installs a package', () => {
  it('adds it to a project of npm', () => {
    expect(installCommand('openmoji@17', root)).toBe('npm i openmoji@17')
  })

  it('puts it beside other caches where the project is a workspace of pnpm, to which npm adds nothing', async () => {
    vi.stubEnv('GANTRY_CACHE', '/caches/gantry')
    await writeFile(join(root, 'pnpm-workspace.yaml'), 'packages: []')
    const inside = join(root, 'packages', 'one')
    await mkdir(inside, { recursive: true })
    expect(installCommand('openmoji@17', inside)).toBe('npm i --prefix /caches/gantry/packages openmoji@17')
  })

  it('quotes a folder with spaces', async () => {
    vi.stubEnv('GANTRY_CACHE', '/my caches')
    await writeFile(join(root, 'pnpm-workspace.yaml'), 'packages: []')
    expect(installCommand('openmoji@17', root)).toBe('npm i --prefix "/my caches/packages" openmoji@17')
  })
})

it('finds what that line has installed', async () => {
  vi.stubEnv('GANTRY_CACHE', root)
  expect(findPackage('gantry-drawings')).toBeUndefined()
  const folder = join(root, 'packages', 'node_modules', 'gantry-drawings')
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'package.json'), '{}')
  expect(findPackage('gantry-drawings')).toBe(folder)
})
