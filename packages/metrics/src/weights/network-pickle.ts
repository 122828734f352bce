import { ModelFormatError, type NDArray } from '@gantry/core'
import type { PickleWorld } from './pickle-machine.ts'
import { readTorchLegacy } from './read-torch-legacy.ts'
import { readTorchZip } from './read-torch-zip.ts'
import { pickleFunction, TorchTensor, torchGlobals } from './torch-pickle.ts'
import { unpickle } from './unpickle.ts'
import { checkDepth, invalid } from './weights-errors.ts'
import { isZip, zipEntries } from './zip-entries.ts'

type Attribute = number | string | boolean | null

/** A network that its authors have pickled with what it was made by (`torch_utils.persistence` of stylegan2-ada-pytorch). */
export interface PickledNetwork {
  /** `Generator`, `Discriminator`. */
  readonly className: string
  /** Numbers, texts, truths and nulls among its attributes and those of its parts, by their dotted names: `mapping.fc0.activation`. */
  readonly attributes: ReadonlyMap<string, Attribute>
  /** Parameters and buffers by their dotted names. */
  readonly tensors: ReadonlyMap<string, NDArray>
}

/** What a pickle of networks holds, by name: networks, and settings beside them. */
export interface NetworkPickle {
  readonly networks: ReadonlyMap<string, PickledNetwork>
  readonly settings: Readonly<Record<string, unknown>>
}

/** An object of a class that the pickle brings the code of: its state is read, its code is not. */
class PersistentObject {
  readonly className: string
  readonly state: Map<unknown, unknown>

  constructor([meta]: readonly unknown[]) {
    const [className, state] = meta instanceof Map ? [meta.get('class_name'), meta.get('state')] : []
    if (typeof className !== 'string' || !(state instanceof Map)) {
      throw invalid('An object in the pickle has no name of a class and no state.')
    }
    this.className = className
    this.state = state
  }
}

/** Stands for whatever no network depends on: a number of NumPy, a class. It can be made, and does nothing. */
class Inert {
  readonly name: string

  constructor(name: string) {
    this.name = name
  }

  call(): Inert {
    return new Inert(this.name)
  }
}

/** Modules that such pickles refer to; all others are refused by name, although nothing would be run. */
const KNOWN_MODULES = /^(collections|dnnlib|numpy|torch|torch_utils|training)\./

const globals: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ...torchGlobals,
  pickleFunction('torch.storage._load_from_bytes', ([bytes]) => readStorage(bytes)),
  pickleFunction('torch_utils.persistence._reconstruct_persistent_obj', (meta) => new PersistentObject(meta)),
  pickleFunction('dnnlib.util.EasyDict', () => new Map()),
  ...['builtins', '__builtin__'].map((module) => pickleFunction(`${module}.set`, () => new Set())),
])

const world: PickleWorld = {
  global: (name) => {
    if (/^(dnnlib\.tflib|tfutil)\./.test(name)) throw ofTensorflow(name)
    return globals.get(name) ?? (KNOWN_MODULES.test(name) ? new Inert(name) : undefined)
  },
  persistent: () => {
    throw invalid('The pickle refers to something outside of it.', 'Save the networks again, each with its storages.')
  },
}

/**
 * Reads a pickle of networks as NVIDIA's training scripts write it (stylegan2-ada-pytorch, stylegan3: `network-snapshot-….pkl`), without
 * running anything: the code that such files carry is passed over.
 *
 * @throws ModelFormatError `PICKLE_UNSAFE`, `WEIGHTS_TRUNCATED`, `WEIGHTS_INVALID`, and `NETWORK_FOREIGN` for networks of TensorFlow
 *
 * @example
 * ```ts
 * const { networks } = readNetworkPickle(new Uint8Array(await readFile('ffhq.pkl')))
 * networks.get('G_ema')?.tensors.get('synthesis.b4.const')?.shape // [512, 4, 4]
 * ```
 */
export function readNetworkPickle(bytes: Uint8Array): NetworkPickle {
  const { value } = unpickle(bytes, 0, world)
  if (!(value instanceof Map)) throw invalid('The pickle holds no networks by name.')
  const networks = new Map<string, PickledNetwork>()
  const settings = new Map<unknown, unknown>()
  for (const [name, item] of value) {
    if (item instanceof PersistentObject) networks.set(String(name), networkOf(item))
    else settings.set(name, item)
  }
  return { networks, settings: plain(settings) as Record<string, unknown> }
}

/**
 * True for a pickle that may be one of networks: of the protocols that have a header, 2 to 5, and not of a number first, as checkpoints of
 * PyTorch before 1.6 are.
 */
export function isNetworkPickle(bytes: Uint8Array): boolean {
  return bytes[0] === 0x80 && bytes[1]! >= 2 && bytes[1]! <= 5 && bytes[2] !== LONG
}

function readStorage(bytes: unknown): unknown {
  if (!(bytes instanceof Uint8Array)) throw invalid('A storage in the pickle is none.')
  return isZip(bytes) ? readTorchZip(zipEntries(bytes)) : readTorchLegacy(bytes)
}

function networkOf(root: PersistentObject): PickledNetwork {
  const tensors = new Map<string, NDArray>()
  const attributes = new Map<string, Attribute>()
  const seen = new Set<unknown>()
  const collect = (module: unknown, path: string, depth = 0) => {
    checkDepth(depth)
    // A pickle may hold a module that holds itself.
    if (!(module instanceof PersistentObject) || seen.has(module)) return
    seen.add(module)
    for (const kind of ['_parameters', '_buffers']) {
      for (const [name, tensor] of entries(module.state.get(kind))) {
        if (tensor instanceof TorchTensor) tensors.set(`${path}${name}`, tensor.read())
      }
    }
    for (const [name, value] of module.state) {
      if (isAttribute(value)) attributes.set(`${path}${name}`, value)
    }
    for (const [name, inner] of entries(module.state.get('_modules'))) collect(inner, `${path}${name}.`, depth + 1)
  }
  collect(root, '')
  return { className: root.className, attributes, tensors }
}

function entries(value: unknown): Iterable<[unknown, unknown]> {
  return value instanceof Map ? value : []
}

const LONG = 0x8a

/** Settings are few: what holds more values, or holds itself, is none. */
const MOST_SETTINGS = 10_000

/** Settings as JSON has them; what is no setting is left out. */
function plain(settings: unknown): unknown {
  let left = MOST_SETTINGS
  const copy = (value: unknown, depth = 0): unknown => {
    checkDepth(depth)
    if (left-- <= 0) throw invalid(`The settings in the pickle are of more than ${MOST_SETTINGS} values.`)
    if (Array.isArray(value)) return value.map((item) => copy(item, depth + 1))
    if (value instanceof Map) {
      const own = [...value].map(([key, item]) => [String(key), copy(item, depth + 1)] as const)
      return Object.fromEntries(own.filter(([, item]) => item !== undefined))
    }
    return isAttribute(value) ? value : undefined
  }
  return copy(settings)
}

function isAttribute(value: unknown): value is Attribute {
  return value === null || ['number', 'string', 'boolean'].includes(typeof value)
}

function ofTensorflow(name: string): ModelFormatError {
  return new ModelFormatError({
    code: 'NETWORK_FOREIGN',
    message: `The pickle holds networks of TensorFlow ('${name}'), as the first StyleGAN2 wrote them, not of PyTorch.`,
    fix: "Convert it with its authors' script (stylegan2-ada-pytorch): python legacy.py --source=OLD.pkl --dest=NEW.pkl.",
  })
}
