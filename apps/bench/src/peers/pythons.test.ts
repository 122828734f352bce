import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { blasFolders, candidatePythons, pyTorchesOf, withUniqueNames } from './pythons.ts'

describe('pyTorchesOf', () => {
  const debian = { version: '1.13.0a0', executable: '/python', systemBlas: 'openblas-pthread', ownBlas: 'generic' }

  it('makes one of a PyTorch with its own BLAS', () => {
    const description = { version: '2.15.0+cu132', executable: '/python', systemBlas: null, ownBlas: 'mkl 2024.2' }
    expect(pyTorchesOf(description, { 'openblas-openmp': '/blas' })).toEqual([
      { name: 'pytorch-2.15', executable: '/python', blas: 'mkl 2024.2' },
    ])
  })

  it("makes one for every BLAS of a PyTorch that takes the system's", () => {
    const folders = { 'openblas-openmp': '/openmp', 'openblas-pthread': '/pthread' }
    expect(pyTorchesOf(debian, folders).map(({ name, blasFolder }) => [name, blasFolder])).toEqual([
      ['pytorch-1.13-openblas-openmp', '/openmp'],
      ['pytorch-1.13-openblas-pthread', '/pthread'],
    ])
    expect(pyTorchesOf(debian, {})).toEqual([
      { name: 'pytorch-1.13-openblas-pthread', executable: '/python', blas: 'openblas-pthread' },
    ])
  })
})

it('asks the Pythons that are named before the usual ones, each once', () => {
  expect(candidatePythons(['/new/python', '/usr/bin/python3'].join(delimiter))).toEqual([
    '/new/python',
    '/usr/bin/python3',
    'python3',
  ])
  expect(candidatePythons('')).toEqual(['python3', '/usr/bin/python3'])
})

it('finds the BLAS alternatives, the slow one only when asked', () => {
  const libraries = mkdtempSync(join(tmpdir(), 'gantry-blas-'))
  for (const name of ['openblas-openmp', 'blas', 'other']) {
    mkdirSync(join(libraries, 'x86', name), { recursive: true })
    writeFileSync(join(libraries, 'x86', name, 'libblas.so.3'), '')
  }
  expect(Object.keys(blasFolders(false, libraries))).toEqual(['openblas-openmp'])
  expect(Object.keys(blasFolders(true, libraries))).toEqual(['openblas-openmp', 'blas'])
  expect(blasFolders(true, join(libraries, 'missing'))).toEqual({})
  rmSync(libraries, { recursive: true })
})

it('tells two of one name apart', () => {
  expect(withUniqueNames([{ name: 'a' }, { name: 'b' }, { name: 'a' }]).map(({ name }) => name)).toEqual([
    'a',
    'b',
    'a-2',
  ])
})
