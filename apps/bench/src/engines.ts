import { execFileSync } from 'node:child_process'
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

/** The first Python that can import torch. */
function locatePyTorch(threads: number): ReturnType<EngineEntry['locate']> {
  const candidates = ['python3', '/usr/bin/python3', 'python']
  for (const python of candidates) {
    try {
      execFileSync(python, ['-c', 'import torch, numpy'], { stdio: 'ignore', timeout: 60_000 })
      return { command: [python, inPackage('python/pytorch_step.py'), String(threads)] }
    } catch {}
  }
  return { missing: `none of ${candidates.join(', ')} can import torch and numpy` }
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
  { name: 'pytorch', locate: locatePyTorch, batchSize: BATCH_SIZE },
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
