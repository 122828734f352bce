import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { BATCH_SIZE } from './tutorial.ts'

/** How an engine is started, and at which batch sizes it is timed. */
export interface EngineEntry {
  readonly name: string
  /** The command of its child process, or the reason why the engine is not there. */
  locate(threads: number): { readonly command: readonly [string, ...string[]] } | { readonly missing: string }
  /** The real batch size; or a small one, whose times are scaled up, for engines that would take minutes. */
  readonly batchSize: number
}

const inPackage = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url))

const nodeEngine = (file: string, ...parameters: string[]): EngineEntry['locate'] => {
  return (threads) => ({
    command: [process.execPath, inPackage(`dist/engines/${file}.js`), ...parameters, String(threads)],
  })
}

/** Debian's alternatives for the BLAS that its PyTorch calls: they make a factor of 17, so each is an engine. */
const BLAS_ALTERNATIVES = ['openblas-openmp', 'openblas-pthread', 'blas'] as const

function folderOfBlas(name: string): string | undefined {
  const libraries = '/usr/lib'
  if (!existsSync(libraries)) return undefined
  return readdirSync(libraries)
    .map((folder) => `${libraries}/${folder}/${name}`)
    .find((folder) => existsSync(`${folder}/libblas.so.3`))
}

/** The first Python that can import torch. */
function findPython(): string | undefined {
  return ['python3', '/usr/bin/python3', 'python'].find((python) => {
    try {
      execFileSync(python, ['-c', 'import torch, numpy'], { stdio: 'ignore', timeout: 60_000 })
      return true
    } catch {
      return false
    }
  })
}

const pyTorch =
  (blas?: string): EngineEntry['locate'] =>
  (threads) => {
    const python = findPython()
    if (python === undefined) return { missing: 'no python3 can import torch and numpy' }
    const script = [python, inPackage('python/pytorch_step.py'), String(threads)] as const
    if (blas === undefined) return { command: [...script] }
    const folder = folderOfBlas(blas)
    if (folder === undefined) return { missing: `${blas}/libblas.so.3 is not installed` }
    return { command: ['env', `LD_LIBRARY_PATH=${folder}`, ...script] }
  }

function locateTfjsNode(threads: number): ReturnType<EngineEntry['locate']> {
  try {
    import.meta.resolve('@tensorflow/tfjs-node')
  } catch {
    return { missing: '@tensorflow/tfjs-node is not installed' }
  }
  return nodeEngine('tfjs', 'node')(threads)
}

export const engines: readonly EngineEntry[] = [
  { name: 'onnxruntime', locate: nodeEngine('onnxruntime'), batchSize: BATCH_SIZE },
  // As it is started by default, whatever its BLAS is; then with each BLAS that is installed.
  { name: 'pytorch', locate: pyTorch(), batchSize: BATCH_SIZE },
  ...BLAS_ALTERNATIVES.map((blas) => ({ name: `pytorch-${blas}`, locate: pyTorch(blas), batchSize: BATCH_SIZE })),
  { name: 'tfjs-node', locate: locateTfjsNode, batchSize: BATCH_SIZE },
  { name: 'tfjs-wasm', locate: nodeEngine('tfjs', 'wasm'), batchSize: BATCH_SIZE },
  { name: 'jax-js', locate: nodeEngine('jax-js'), batchSize: 4 },
  { name: 'tfjs-cpu', locate: nodeEngine('tfjs', 'cpu'), batchSize: 4 },
]

/** The product of two large matrices in ONNX Runtime: what these cores can reach. */
export const peakEngine: EngineEntry = {
  name: 'matrix-product',
  locate: nodeEngine('matrix-product'),
  batchSize: 1,
}
