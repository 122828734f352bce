import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'

/** What is imported at once, by every file that an entry leads to: what is imported where it is needed is not. */
const IMPORT = /^(?:import|export)\s+(?!type\b)(?:[^'"]*?\sfrom\s+)?'([^']+)'/gm

async function packagesOf(entry: string): Promise<Set<string>> {
  const [files, packages] = [new Set<string>(), new Set<string>()]
  const follow = async (file: string): Promise<void> => {
    if (files.has(file)) return
    files.add(file)
    for (const [, name] of (await readFile(file, 'utf8')).matchAll(IMPORT)) {
      if (name!.startsWith('.')) await follow(join(dirname(file), name!))
      else packages.add(name!)
    }
  }
  await follow(join(import.meta.dirname, entry))
  return packages
}

// Servers and their threads load these: TensorFlow, the variants and the compiler take seconds, and tens of megabytes.
it.each([
  ['generators.ts', '@gantry/modalities'],
  ['film.ts', 'sharp'],
])('%s loads neither variants, data sets nor the compiler', async (entry, usual) => {
  const packages = await packagesOf(entry)
  expect(packages).toContain(usual)
  const heavy = /^@tensorflow\/|^@gantry\/(backend-tfjs|compiler|datasets|metrics|variants)$/
  expect([...packages].filter((name) => heavy.test(name))).toEqual([])
  if (entry === 'film.ts') expect([...packages].sort()).toEqual(['@gantry/core', 'node:path', 'sharp'])
})
