import { totalmem } from 'node:os'
import type { EngineListing } from './engine.ts'

/** Below this, training DCGANs at 64 pixels may swap. */
const COMFORTABLE_MEMORY = 2 * 2 ** 30

/** What would make Gantry work, or faster, on a machine: sentences, none where all is well. */
export function adviceFor(engines: readonly EngineListing[], writable: boolean, folder: string): string[] {
  const [{ name: best } = { name: '' }] = engines
  const works = engines.flatMap(({ name, device, available }) => (name === best && available ? [device] : []))
  return [
    ...(writable ? [] : [`Runs are written to ${folder}/runs: go to a folder that you may write to, or use '--out'.`]),
    ...(works.includes('cpu')
      ? []
      : ['ONNX Runtime does not work here, so nothing trains fast: install onnxruntime-node again.']),
    ...(works.some((device) => device !== 'cpu')
      ? []
      : ['No GPU can be used, so training runs on the CPU; the reasons stand above.']),
    ...(totalmem() < COMFORTABLE_MEMORY ? ['There is little memory: use smaller batches (--batch-size).'] : []),
  ]
}
