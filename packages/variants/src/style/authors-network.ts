import { ModelFormatError, type NDArray } from '@gantry/core'

/** A network of the authors' PyTorch code, as a file has it. */
export interface AuthorsNetwork {
  /** By their dotted names. */
  readonly tensors: ReadonlyMap<string, NDArray>
  /** Of the network and its parts, by dotted names: `mapping.fc0.activation`. Absent where the file holds weights alone. */
  readonly attributes?: ReadonlyMap<string, number | string | boolean | null>
}

/** Networks of one training run of the authors' code. */
export interface AuthorsNetworks {
  /** The moving average of the generator: their `G_ema`. */
  readonly average: AuthorsNetwork
  /** The generator as trained: `G`. */
  readonly trained?: AuthorsNetwork | undefined
  /** `D`. */
  readonly discriminator?: AuthorsNetwork | undefined
}

/** The attribute of these parts, which must all have the same; null and absent count as `otherwise`. */
export function attributeOf({ attributes = new Map() }: AuthorsNetwork, parts: RegExp, otherwise: number): number {
  const own = [...attributes].filter(([name]) => parts.test(name))
  const values = new Set(own.map(([, value]) => value ?? otherwise))
  const [value = otherwise] = values
  if (values.size <= 1 && typeof value === 'number' && Number.isFinite(value)) return value
  throw unsupported(`${own[0]![0]} and its like are ${[...values].join(', ')}, not one number`)
}

/** Numbers that a weight's shape has in some places. */
export function shapeOf({ tensors }: AuthorsNetwork, name: string, rank: number): readonly number[] {
  const shape = tensors.get(name)?.shape
  if (shape === undefined) throw incomplete(`it has no weight '${name}'`)
  if (shape.length === rank) return shape
  throw incomplete(`'${name}' has the shape [${shape}], which is not of ${rank} axes`)
}

/** A network that is built from what Gantry has no counterpart for. */
export function unsupported(what: string): ModelFormatError {
  return new ModelFormatError({
    code: 'NETWORK_UNSUPPORTED',
    message: `The file's network is a StyleGAN2 that Gantry cannot build: ${what}.`,
    fix: 'Import one that was trained with the authors’ own settings.',
  })
}

/** A network of another kind. */
export function foreign(what: string, fix: string): ModelFormatError {
  return new ModelFormatError({ code: 'NETWORK_FOREIGN', message: `The file holds no StyleGAN2: ${what}.`, fix })
}

/** A network that lacks weights, or has others. */
export function incomplete(what: string): ModelFormatError {
  return new ModelFormatError({
    code: 'NETWORK_INCOMPLETE',
    message: `The file's network is no whole StyleGAN2: ${what}.`,
    fix: 'Save all parameters and buffers of G_ema: its state_dict().',
  })
}
