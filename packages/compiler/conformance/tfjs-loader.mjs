// TF.js ships its tests as ES modules for bundlers: without file endings, in a package that Node takes for CommonJS.
// These hooks let Node load them as they are, and give every importer that same copy of TF.js.
import { existsSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const core = dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-core/package.json'))

function fileOf(path) {
  for (const candidate of [path, `${path}.js`, join(path, 'index.js')]) {
    if (existsSync(candidate) && statSync(candidate).isFile()) return candidate
  }
  return path
}

const isTfjs = (url) => url.startsWith(pathToFileURL(core).href)

export async function resolve(specifier, context, next) {
  const asModule = (path) => ({ url: pathToFileURL(fileOf(path)).href, format: 'module', shortCircuit: true })
  if (specifier === '@tensorflow/tfjs-core') return asModule(join(core, 'dist/index.js'))
  if (specifier.startsWith('@tensorflow/tfjs-core/')) return asModule(join(core, specifier.slice(22)))
  if (specifier === 'seedrandom' && context.parentURL && isTfjs(context.parentURL)) {
    return { url: new URL('./seedrandom.mjs', import.meta.url).href, shortCircuit: true }
  }
  if (specifier.startsWith('.') && context.parentURL && isTfjs(context.parentURL)) {
    return asModule(join(dirname(fileURLToPath(context.parentURL)), specifier))
  }
  return next(specifier, context)
}

export async function load(url, context, next) {
  return isTfjs(url) && url.endsWith('.js') ? next(url, { ...context, format: 'module' }) : next(url, context)
}
