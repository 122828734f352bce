import { loadCompanion } from '../generators/load-companion.ts'
import type { LoadedGenerator, LoadOptions } from '../generators/load-generator.ts'
import type { FedFunction } from './fed-batches.ts'

/** A function that is loaded when it is needed. */
export interface WayBack {
  open(): Promise<FedFunction>
  dispose(): Promise<void>
}

/**
 * The function that leads back from where an exported one leads.
 *
 * @param name of the function: `translate-back`
 * @throws ConfigurationError `FUNCTION_MISSING` when it is opened
 */
export function loadWayBack(generator: LoadedGenerator, name: string, { onNote }: LoadOptions): WayBack {
  let opened: Promise<LoadedGenerator> | undefined
  return {
    async open() {
      opened ??= loadCompanion(generator, name, { ...(onNote && { onNote }) })
      const { evaluate, manifest } = await opened
      return { evaluate, inputs: manifest.inputs, outputs: manifest.outputs }
    },
    async dispose() {
      await (await opened?.catch(() => undefined))?.dispose()
    },
  }
}
