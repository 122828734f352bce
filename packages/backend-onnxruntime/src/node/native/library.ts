import { readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** An object of ONNX Runtime: an address. */
export type Handle = bigint

type NativeFunction = (...parameters: readonly unknown[]) => unknown

/**
 * Functions of ONNX Runtime's C API by their place in its table (`OrtApi` in onnxruntime_c_api.h): places never change, new ones
 * come behind. All but those that release return a status, null for success.
 */
const FUNCTIONS = {
  errorMessage: [2, 'const char * (void *status)'],
  createEnvironment: [3, 'void * (int severity, const char *id, _Out_ void **environment)'],
  createSession: [
    8,
    'void * (void *environment, const void *model, size_t bytes, void *options, _Out_ void **session)',
  ],
  run: [
    9,
    'void * (void *session, void *options, const char **inputNames, void **inputs, size_t inputCount, const char **outputNames, size_t outputCount, _Inout_ void **outputs)',
  ],
  createOptions: [10, 'void * (_Out_ void **options)'],
  setExecutionMode: [13, 'void * (void *options, int mode)'],
  disableMemoryPattern: [17, 'void * (void *options)'],
  setLogSeverity: [22, 'void * (void *options, int level)'],
  setOptimization: [23, 'void * (void *options, int level)'],
  setThreads: [24, 'void * (void *options, int threads)'],
  setThreadsBetween: [25, 'void * (void *options, int threads)'],
  inputCount: [30, 'void * (void *session, _Out_ size_t *count)'],
  outputCount: [31, 'void * (void *session, _Out_ size_t *count)'],
  inputName: [36, 'void * (void *session, size_t index, void *allocator, _Out_ void **name)'],
  outputName: [37, 'void * (void *session, size_t index, void *allocator, _Out_ void **name)'],
  createTensor: [48, 'void * (void *allocator, const int64_t *shape, size_t rank, int type, _Out_ void **value)'],
  placeTensor: [
    49,
    'void * (void *place, void *data, size_t bytes, const int64_t *shape, size_t rank, int type, _Out_ void **value)',
  ],
  tensorData: [51, 'void * (void *value, _Out_ void **data)'],
  elementType: [60, 'void * (void *info, _Out_ int *type)'],
  rank: [61, 'void * (void *info, _Out_ size_t *rank)'],
  dimensions: [62, 'void * (void *info, int64_t *dimensions, size_t rank)'],
  typeAndShape: [65, 'void * (void *value, _Out_ void **info)'],
  processorPlace: [69, 'void * (int allocator, int type, _Out_ void **place)'],
  freeMemory: [76, 'void * (void *allocator, void *memory)'],
  allocator: [78, 'void * (_Out_ void **allocator)'],
  releaseStatus: [93, 'void (void *status)'],
  releasePlace: [94, 'void (void *place)'],
  releaseSession: [95, 'void (void *session)'],
  releaseValue: [96, 'void (void *value)'],
  releaseInfo: [99, 'void (void *info)'],
  releaseOptions: [100, 'void (void *options)'],
  addConfiguration: [130, 'void * (void *options, const char *key, const char *value)'],
} as const satisfies Readonly<Record<string, readonly [place: number, prototype: string]>>

/** The version of the API that has all of them; a library has every older one, too. */
const API_VERSION = 4
const TABLE_LENGTH = 131

/** ONNX Runtime's C API, called without a copy in between: onnxruntime-node's own library, through koffi. */
export interface NativeLibrary {
  /** Calls a function that returns a status. @throws Error with ONNX Runtime's message */
  check(name: keyof typeof FUNCTIONS, ...parameters: readonly unknown[]): void
  /** {@link check}, for one whose last parameter is what it makes. */
  make<Value = Handle>(name: keyof typeof FUNCTIONS, ...parameters: readonly unknown[]): Value
  release(
    name: 'releasePlace' | 'releaseSession' | 'releaseValue' | 'releaseInfo' | 'releaseOptions',
    handle: Handle,
  ): void
  /** The text at an address. */
  text(address: Handle): string
  /** The bytes at an address, as long as they are there. */
  bytes(address: Handle, length: number): Uint8Array
  /** Gives memory that C no longer uses back to the system, where its library can. */
  trim(): void
  /** Where an array lies, as long as it is there. */
  addressOf(array: Uint8Array): Handle
}

/** @throws where koffi or the library is not installed or does not load */
export async function loadNativeLibrary(): Promise<NativeLibrary> {
  const { default: koffi } = await import('koffi')
  const library = koffi.load(libraryFile())
  const base = koffi.decode(library.func('void *OrtGetApiBase()')(), 'void *') as Handle
  const api = koffi.call(base, koffi.proto('void * (uint32_t version)'), API_VERSION) as Handle | null
  if (api === null) throw new Error(`it has no version ${API_VERSION} of its API`)
  const table = koffi.decode(api, 'void *', TABLE_LENGTH) as readonly Handle[]
  const functions = Object.fromEntries(
    Object.entries(FUNCTIONS).map(([name, [place, prototype]]) => {
      const type = koffi.proto(prototype)
      const call: NativeFunction = (...parameters) => koffi.call(table[place]!, type, ...parameters)
      return [name, call]
    }),
  ) as Record<keyof typeof FUNCTIONS, NativeFunction>

  function check(name: keyof typeof FUNCTIONS, ...parameters: readonly unknown[]): void {
    const status = functions[name](...parameters) as Handle | null
    if (status === null) return
    const message = functions.errorMessage(status) as string
    functions.releaseStatus(status)
    throw new Error(message)
  }

  return {
    check,
    make<Value>(name: keyof typeof FUNCTIONS, ...parameters: readonly unknown[]): Value {
      const made: [Value | null] = [null]
      check(name, ...parameters, made)
      return made[0] as Value
    },
    release: (name, handle) => void functions[name](handle),
    text: (address) => koffi.decode(address, 'char', -1) as string,
    bytes: (address, length) => new Uint8Array(koffi.view(address, length)),
    trim: trimmer(koffi),
    addressOf: (array) => koffi.address(array) as Handle,
  }
}

/** glibc's `malloc_trim`; other libraries have none. */
function trimmer(koffi: Pick<typeof import('koffi').default, 'load'>): () => void {
  try {
    const trim = koffi.load('libc.so.6').func('int malloc_trim(size_t kept)')
    return () => void trim(0)
  } catch {
    return () => undefined
  }
}

/** `libonnxruntime.so.1` of onnxruntime-node: loaded twice it is still one. */
function libraryFile(): string {
  const require = createRequire(import.meta.url)
  const home = dirname(require.resolve('onnxruntime-node/package.json'))
  const folder = join(home, 'bin', 'napi-v6', process.platform, process.arch)
  const file = readdirSync(folder).find((name) => /^libonnxruntime\.so/.test(name))
  if (file === undefined) throw new Error(`there is no libonnxruntime.so in '${folder}'`)
  return join(folder, file)
}
