import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

const packages = fileURLToPath(new URL('../../../../', import.meta.url))

/** What a browser imports: files of this repository, and everything else by its name. */
export interface ImportGraph {
  readonly files: readonly string[]
  readonly others: readonly string[]
}

/** Follows the imports of a package's sources, with the condition `browser`, from its entry on. */
export function browserImports(name: string): ImportGraph {
  const files = new Set<string>()
  const others = new Set<string>()
  const visit = (file: string): void => {
    if (files.has(file)) return
    files.add(file)
    const text = readFileSync(file, 'utf8')
    const entries = [...text.matchAll(/new Worker\(new URL\('(.*)\.js'/g)].map(([, entry]) => `${entry}.ts`)
    for (const { fileName } of [
      ...ts.preProcessFile(text).importedFiles,
      ...entries.map((fileName) => ({ fileName })),
    ]) {
      const next = resolve(fileName, file)
      if (next === undefined) others.add(fileName)
      else visit(next)
    }
  }
  visit(sourceEntry(name))
  return { files: [...files], others: [...others].sort() }
}

function resolve(specifier: string, importer: string): string | undefined {
  if (specifier.startsWith('.')) return join(dirname(importer), specifier)
  if (specifier.startsWith('@gantry/')) return sourceEntry(specifier.slice('@gantry/'.length))
  const [, file] = /^#platform\/(.*)$/.exec(specifier) ?? []
  if (file === undefined) return undefined
  const { imports } = manifestOf('backend-onnxruntime')
  return join(packages, 'backend-onnxruntime', imports['#platform/*'].source.browser.replace('*', file))
}

function sourceEntry(name: string): string {
  return join(packages, name, manifestOf(name).exports['.'].source)
}

/** A package's `package.json`. */
export function manifestOf(name: string) {
  return JSON.parse(readFileSync(join(packages, name, 'package.json'), 'utf8'))
}
