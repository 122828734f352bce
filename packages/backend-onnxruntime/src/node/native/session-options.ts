import type { InferenceSession } from 'onnxruntime-common'
import type { Handle, NativeLibrary } from './library.ts'

const OPTIMIZATION_LEVELS = { disabled: 0, basic: 1, extended: 2, layout: 3, all: 99 } as const
const EXECUTION_MODES = { sequential: 0, parallel: 1 } as const

/** Options of a session on the CPU, as onnxruntime-node would hand them on. Whoever calls releases them. */
export function nativeOptions(library: NativeLibrary, options: InferenceSession.SessionOptions): Handle {
  const native = library.make('createOptions')
  const { graphOptimizationLevel = 'all', executionMode = 'sequential', extra = {} } = options
  library.check('setOptimization', native, OPTIMIZATION_LEVELS[graphOptimizationLevel])
  library.check('setExecutionMode', native, EXECUTION_MODES[executionMode])
  library.check('setThreads', native, options.intraOpNumThreads ?? 0)
  library.check('setThreadsBetween', native, options.interOpNumThreads ?? 0)
  library.check('setLogSeverity', native, options.logSeverityLevel ?? 2)
  if (options.enableMemPattern === false) library.check('disableMemoryPattern', native)
  for (const [key, value] of entriesOf(extra)) library.check('addConfiguration', native, key, value)
  return native
}

/** `{ session: { force_spinning_stop: '1' } }` as `session.force_spinning_stop`. */
function entriesOf(extra: object, prefix = ''): [key: string, value: string][] {
  return Object.entries(extra).flatMap(([key, value]: [string, unknown]) =>
    typeof value === 'object' && value !== null
      ? entriesOf(value, `${prefix}${key}.`)
      : [[`${prefix}${key}`, String(value)] as [string, string]],
  )
}
