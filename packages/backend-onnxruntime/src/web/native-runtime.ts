import type { Runtime } from '../runtime.ts'

/** A browser has no native library. */
export async function nativeRuntime(): Promise<Runtime | undefined> {
  return undefined
}
