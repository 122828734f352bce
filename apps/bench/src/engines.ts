import { ConfigurationError } from '@gantry/core'
import { type BenchCase, notesOfWays, type TwinWay } from './cases/cases.ts'
import { inPackage } from './in-package.ts'
import { findPyTorches, PYTHONS_VARIABLE, type PyTorch } from './peers/pythons.ts'
import { reasonWithoutTfjsNode } from './peers/tfjs-node.ts'

/** What an engine is asked to do. */
export interface Work {
  readonly case: BenchCase
  /** Weights and feeds: see the task `prepare`. */
  readonly startFile: string
  /** The feeds alone. */
  readonly feedsFile: string
  /** Steps after which the phases of the case come again as they came. */
  readonly cycle: number
  readonly threads: number
}

/** One way in which an engine can do a step; the fastest counts. */
export interface Way {
  readonly command: readonly [string, ...string[]]
  readonly note?: string
}

/** How an engine is started. */
export interface EngineEntry {
  readonly name: string
  /** Measured against: the table has a column of ratios to it. */
  readonly isPeer?: true
  /** The cases that it has; all by default. */
  readonly cases?: readonly string[]
  /** A smaller batch, whose times are scaled up, for engines that would take minutes. */
  readonly batchSize?: number
  /** Its ways, or the reason why the engine is not there. */
  locate(work: Work): { readonly ways: readonly Way[] } | { readonly missing: string }
}

const nodeCommand = (file: string, ...parameters: (string | number)[]): Way['command'] => [
  process.execPath,
  inPackage(`dist/engines/${file}.js`),
  ...parameters.map(String),
]

const node = (...command: Parameters<typeof nodeCommand>): { readonly ways: readonly Way[] } => ({
  ways: [{ command: nodeCommand(...command) }],
})

/** Ways of computing one thing, for engines where we cannot say which is faster. */
const waysOf = (ways: readonly TwinWay[], command: (way: TwinWay) => Way['command']): Way[] =>
  ways.map((way) => ({ command: command(way), ...(ways.length > 1 && { note: notesOfWays[way] }) }))

const SMALL_BATCH = 4

const gantry: EngineEntry = {
  name: 'onnxruntime',
  locate: ({ case: { name, source, twinWays }, feedsFile, threads }) => {
    if (source !== 'tutorial') return node('onnxruntime', name, feedsFile, threads)
    return { ways: waysOf(twinWays, (way) => nodeCommand('onnxruntime', name, feedsFile, threads, way)) }
  },
}

const others: readonly EngineEntry[] = [
  {
    name: 'tfjs-node',
    isPeer: true,
    cases: ['tutorial'],
    locate: ({ case: { batchSize, twinWays } }) => {
      const missing = reasonWithoutTfjsNode()
      if (missing !== undefined) return { missing }
      return { ways: waysOf(twinWays, (way) => nodeCommand('tfjs', 'node', batchSize, way)) }
    },
  },
  {
    name: 'tfjs-wasm',
    cases: ['tutorial'],
    locate: ({ case: { batchSize } }) => node('tfjs', 'wasm', batchSize),
  },
  { name: 'jax-js', cases: ['tutorial'], batchSize: SMALL_BATCH, locate: () => node('jax-js', SMALL_BATCH) },
  { name: 'tfjs-cpu', cases: ['tutorial'], batchSize: SMALL_BATCH, locate: () => node('tfjs', 'cpu', SMALL_BATCH) },
]

function pyTorchEngine({ name, executable, blas, blasFolder }: PyTorch): EngineEntry {
  return {
    name,
    isPeer: true,
    locate: ({ case: { name: caseName, twinWays }, startFile, threads }) => {
      const command = (way: TwinWay): Way['command'] => {
        const script = [inPackage('python/pytorch_step.py'), caseName, startFile, String(threads), way]
        if (blasFolder === undefined) return [executable, ...script]
        return ['env', `LD_LIBRARY_PATH=${blasFolder}`, executable, ...script]
      }
      const ways = waysOf(twinWays, command)
      return { ways: ways.map((way: Way) => ({ ...way, note: [blas, way.note].filter(Boolean).join(', ') })) }
    },
  }
}

/** Every engine there is: Gantry's, each PyTorch of this machine, and the others of the JavaScript world. */
export async function findEngines(withReferenceBlas: boolean): Promise<EngineEntry[]> {
  const pyTorches = await findPyTorches(withReferenceBlas)
  const missing = `no python3 can import torch and numpy; ${PYTHONS_VARIABLE} names others`
  const peers = pyTorches.length > 0 ? pyTorches.map(pyTorchEngine) : [{ name: 'pytorch', locate: () => ({ missing }) }]
  return [gantry, ...peers, ...others]
}

/** Those whose names are given, or begin with one that is: `pytorch` is all of them. */
export function chooseEngines(all: readonly EngineEntry[], names: readonly string[]): EngineEntry[] {
  const matches = (name: string, wanted: string) => name === wanted || name.startsWith(`${wanted}-`)
  const unknown = names.find((wanted) => !all.some(({ name }) => matches(name, wanted)))
  if (unknown !== undefined) {
    throw new ConfigurationError({
      code: 'ENGINE_UNKNOWN',
      message: `There is no engine '${unknown}' here.`,
      fix: `The engines are ${all.map(({ name }) => name).join(', ')}.`,
    })
  }
  return all.filter(({ name }) => names.some((wanted) => matches(name, wanted)))
}

/** The product of two large matrices in ONNX Runtime: what these cores can reach. */
export const peakCommand = (threads: number): Way['command'] => nodeCommand('matrix-product', threads)
