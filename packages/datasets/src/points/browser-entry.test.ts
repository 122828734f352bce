import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import * as everything from '../index.ts'
import { floats } from '../testing/values-of.ts'
import * as points from './index.ts'

/** Everything that a file imports, and what that imports; what only lends its types is left out of the built files, but stays here. */
function importsOf(entry: string): { files: Set<string>; packages: Set<string> } {
  const files = new Set<string>()
  const packages = new Set<string>()
  const visit = (file: string) => {
    if (files.has(file)) return
    files.add(file)
    for (const { fileName } of ts.preProcessFile(readFileSync(file, 'utf8')).importedFiles) {
      if (fileName.startsWith('.')) visit(resolve(dirname(file), fileName))
      else packages.add(fileName)
    }
  }
  visit(entry)
  return { files, packages }
}

describe('@gantry/datasets/points', () => {
  it('imports neither Node nor a library', () => {
    const { files, packages } = importsOf(resolve(import.meta.dirname, 'index.ts'))
    expect([...packages]).toEqual(['@gantry/core'])
    expect(files.size).toBeGreaterThan(15)
    const [everywhere, core] = ['../index.ts', '../../../core/src/index.ts'].map((path) =>
      importsOf(resolve(import.meta.dirname, path)),
    )
    expect([...everywhere!.packages]).toEqual(expect.arrayContaining(['sharp', 'node:fs/promises']))
    expect([...core!.packages]).toEqual([])
  })

  it('is what the package exports by that name', () => {
    const { exports } = JSON.parse(readFileSync(resolve(import.meta.dirname, '../../package.json'), 'utf8'))
    expect(exports['./points']).toEqual({
      source: './src/points/index.ts',
      types: './dist/points/index.d.ts',
      default: './dist/points/index.js',
    })
  })

  it('opens the same point sets by the same names', async () => {
    expect(points.listDatasets().map(({ name }) => name)).toEqual(['ring8', 'grid25', 'swissroll', 'unpaired:A,B'])
    for (const name of ['swissroll', 'unpaired:ring8,grid25']) {
      const [here, there] = [await points.openDataset(name), await everything.openDataset(name)]
      expect(here).toMatchObject({ name, fields: there.fields, fingerprint: there.fingerprint })
      const [field] = Object.keys(here.fields)
      const [first, second] = await Promise.all(
        [here, there].map(async (dataset) => (await dataset.batches({ batchSize: 8, seed: 3 }).next()).value),
      )
      expect(floats(first, field!)).toEqual(floats(second, field!))
    }
  })

  it('does not know the others', async () => {
    await expect(points.openDataset('mnist')).rejects.toMatchObject({
      code: 'DATASET_UNKNOWN',
      message: "There is no data set 'mnist'. Use one of: ring8, grid25, swissroll, unpaired.",
    })
  })
})
