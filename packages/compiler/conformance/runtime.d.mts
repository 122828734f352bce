import type { GraphRuntime } from '../src/lazy-execution.ts'

export const runtime: GraphRuntime
