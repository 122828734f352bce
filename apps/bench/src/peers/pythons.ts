import { execFile } from 'node:child_process'
import { existsSync, readdirSync, realpathSync } from 'node:fs'
import { delimiter } from 'node:path'
import { promisify } from 'node:util'
import { inPackage } from '../in-package.ts'

/** A list of Pythons, as PATH is one of folders. */
export const PYTHONS_VARIABLE = 'GANTRY_BENCH_PYTHONS'

const SYSTEM_PYTHON = '/usr/bin/python3'

/** What `python/describe_pytorch.py` says. */
export interface PyTorchDescription {
  readonly version: string
  readonly executable: string
  /** The alternative behind the system's libblas, where PyTorch is linked to it. */
  readonly systemBlas: string | null
  readonly ownBlas: string
}

/** A PyTorch with one BLAS. */
export interface PyTorch {
  /** `pytorch-1.13-openblas-openmp`, or `pytorch-2.15` where it brings its own BLAS. */
  readonly name: string
  readonly executable: string
  readonly blas: string
  /** Folder of the BLAS, for a PyTorch that takes the system's. */
  readonly blasFolder?: string
}

/** BLAS alternatives of Debian by the name of their folder; the reference BLAS, many times slower, only when asked for. */
export function blasFolders(withReference: boolean, libraries = '/usr/lib'): Readonly<Record<string, string>> {
  if (!existsSync(libraries)) return {}
  const names = ['openblas-openmp', 'openblas-pthread', 'openblas-serial', 'atlas', ...(withReference ? ['blas'] : [])]
  const found: Record<string, string> = {}
  for (const parent of readdirSync(libraries)) {
    for (const name of names) {
      const folder = `${libraries}/${parent}/${name}`
      if (existsSync(`${folder}/libblas.so.3`)) found[name] = folder
    }
  }
  return found
}

/** `1.13.0a0` and `2.15.0+cu132` as `1.13` and `2.15`. */
const shortVersion = (version: string) => version.split('.').slice(0, 2).join('.')

/** One PyTorch for every BLAS that it can be started with. */
export function pyTorchesOf(description: PyTorchDescription, folders: Readonly<Record<string, string>>): PyTorch[] {
  const { version, executable, systemBlas, ownBlas } = description
  const name = `pytorch-${shortVersion(version)}`
  if (systemBlas === null) return [{ name, executable, blas: ownBlas }]
  const alternatives = Object.entries(folders)
  if (alternatives.length === 0) return [{ name: `${name}-${systemBlas}`, executable, blas: systemBlas }]
  return alternatives.map(([blas, blasFolder]) => ({ name: `${name}-${blas}`, executable, blas, blasFolder }))
}

/** The Pythons to ask, in the order of preference for one version: those that were named, then the usual ones. */
export function candidatePythons(named = process.env[PYTHONS_VARIABLE] ?? ''): string[] {
  const unique = new Set([...named.split(delimiter).filter((path) => path !== ''), 'python3', SYSTEM_PYTHON])
  return [...unique]
}

/** Tells apart what has one name, as two Pythons with one version of PyTorch. */
export function withUniqueNames<Named extends { readonly name: string }>(all: readonly Named[]): Named[] {
  const counts = new Map<string, number>()
  return all.map((each) => {
    const count = (counts.get(each.name) ?? 0) + 1
    counts.set(each.name, count)
    return count === 1 ? each : { ...each, name: `${each.name}-${count}` }
  })
}

/** Every PyTorch of this machine: the newest first. */
export async function findPyTorches(withReferenceBlas: boolean): Promise<PyTorch[]> {
  const found = await Promise.all(candidatePythons().map(describe))
  const descriptions = new Map<string, PyTorchDescription>()
  for (const description of found) {
    if (description === undefined) continue
    const key = realpathSync(description.executable) + description.version
    if (!descriptions.has(key)) descriptions.set(key, description)
  }
  const newestFirst = [...descriptions.values()].sort((left, right) =>
    right.version.localeCompare(left.version, 'en', { numeric: true }),
  )
  const folders = blasFolders(withReferenceBlas)
  return withUniqueNames(newestFirst.flatMap((description) => pyTorchesOf(description, folders)))
}

/** Undefined for a Python that is not there, or cannot import torch and numpy. */
async function describe(python: string): Promise<PyTorchDescription | undefined> {
  try {
    const script = inPackage('python/describe_pytorch.py')
    const { stdout } = await promisify(execFile)(python, [script], { timeout: 120_000 })
    return JSON.parse(stdout) as PyTorchDescription
  } catch {
    return undefined
  }
}
