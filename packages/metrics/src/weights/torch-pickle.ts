import type { NDArray, TypedArray } from '@gantry/core'
import { type StoredType, strided } from './elements.ts'
import type { PickleFunction, PickleWorld } from './pickle-machine.ts'
import { invalid } from './weights-errors.ts'

/** The stretch of numbers that tensors are views of. Its elements may come later in the file than the tensors. */
export interface TorchStorage {
  readonly type: StoredType
  readonly elements: TypedArray
}

/** A tensor before its numbers are read. */
export class TorchTensor {
  readonly storage: TorchStorage
  readonly offset: number
  readonly shape: readonly number[]
  readonly strides: readonly number[]

  constructor([storage, offset, shape, strides]: readonly unknown[]) {
    const numbers = (value: unknown) => Array.isArray(value) && value.every((item) => typeof item === 'number')
    if (!isStorage(storage) || typeof offset !== 'number' || !numbers(shape) || !numbers(strides)) {
      throw invalid('A tensor in the weights file has no storage, shape and strides.')
    }
    this.storage = storage
    this.offset = offset
    this.shape = shape as number[]
    this.strides = strides as number[]
  }

  read(): NDArray {
    return strided(this.storage.type, this.storage.elements, this.offset, this.shape, this.strides)
  }
}

function isStorage(value: unknown): value is TorchStorage {
  return typeof value === 'object' && value !== null && 'elements' in value
}

const storageTypes: Readonly<Record<string, StoredType>> = {
  DoubleStorage: 'float64',
  FloatStorage: 'float32',
  HalfStorage: 'float16',
  BFloat16Storage: 'bfloat16',
  LongStorage: 'int64',
  IntStorage: 'int32',
  ShortStorage: 'int16',
  CharStorage: 'int8',
  ByteStorage: 'uint8',
  BoolStorage: 'bool',
}

function toMap(items: unknown): Map<unknown, unknown> {
  if (Array.isArray(items) && items.every((item) => Array.isArray(item))) return new Map(items as [unknown, unknown][])
  throw invalid('A dictionary in the weights file is made of what are no pairs.')
}

function isStoredType(type: unknown): type is StoredType {
  return Object.values(storageTypes).some((each) => each === type)
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

/** A function that a pickle may call, by its name. */
export function pickleFunction(name: string, call: PickleFunction['call']): [string, PickleFunction] {
  return [name, { name, call }]
}

/** All that a state dict needs: nothing here does more than put values together. */
export const torchGlobals: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ...Object.entries(storageTypes).map(([name, type]) => [`torch.${name}`, type] as const),
  pickleFunction('collections.OrderedDict', ([items = []]) => toMap(items)),
  pickleFunction('torch._utils._rebuild_tensor', (parameters) => new TorchTensor(parameters)),
  pickleFunction('torch._utils._rebuild_tensor_v2', (parameters) => new TorchTensor(parameters)),
  pickleFunction('torch._utils._rebuild_parameter', ([tensor]) => tensor),
  pickleFunction('torch._utils._rebuild_parameter_with_state', ([tensor]) => tensor),
  pickleFunction('torch.Size', ([lengths]) => lengths),
  pickleFunction('torch.device', (parameters) => parameters.join(':')),
])

/** The globals that PyTorch's tensors are made of, and storages as `storage` finds them. */
export function torchWorld(
  storage: (id: {
    readonly type: StoredType
    readonly key: string
    readonly length: number
    readonly view: unknown
  }) => TorchStorage,
): PickleWorld {
  return {
    global: (name) => torchGlobals.get(name),
    persistent: (id) => {
      const [kind, type, key, , length, view = null] = Array.isArray(id) ? id : []
      if (kind !== 'storage' || !isStoredType(type) || typeof key !== 'string' || !isCount(length)) {
        throw invalid('The weights file refers to something outside that is no storage of a tensor.')
      }
      return storage({ type, key, length, view })
    },
  }
}
