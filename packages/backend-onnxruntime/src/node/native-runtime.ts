import type { Runtime } from '../runtime.ts'
import { loadNativeLibrary } from './native/library.ts'
import { NativeRuntime } from './native/runtime.ts'

let loaded: Promise<Runtime | undefined> | undefined

/** The runtime that copies nothing, or undefined where koffi is not installed or ONNX Runtime has no library that it can call. */
export function nativeRuntime(): Promise<Runtime | undefined> {
  loaded ??= loadNativeLibrary().then(
    (library) => new NativeRuntime(library),
    () => undefined,
  )
  return loaded
}
