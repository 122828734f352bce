import { ModelFormatError, type NDArray } from '@gantry/core'

/** A network of the authors' PyTorch code, as a file has it. */
export interface AuthorsNetwork {
  /** By their dotted names. */
  readonly tensors: ReadonlyMap<string, NDArray>
  /** What it was constructed with; absent where the file holds numbers alone. */
  readonly settings?: Readonly<Record<string, unknown>>
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

/** A setting of a network, such as `synthesis_kwargs.conv_clamp`; what was not set has the authors' default. */
export function settingOf({ settings }: AuthorsNetwork, path: string, otherwise: unknown): unknown {
  const found = path
    .split('.')
    .reduce<unknown>(
      (own, key) =>
        typeof own === 'object' && own !== null ? Object.getOwnPropertyDescriptor(own, key)?.value : undefined,
      settings,
    )
  return found ?? otherwise
}

/** A number among the settings; null counts as 0, as where the authors mean none. */
export function numberOf(network: AuthorsNetwork, path: string, otherwise: number): number {
  const found = settingOf(network, path, otherwise)
  if (typeof found === 'number' && Number.isFinite(found)) return found
  throw unsupported(`it was made with ${path} = ${JSON.stringify(found)}, which is no number`)
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
