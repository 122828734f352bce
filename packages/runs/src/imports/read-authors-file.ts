import { readFile } from 'node:fs/promises'
import { ModelFormatError, type NDArray } from '@gantry/core'
import { storageError } from '@gantry/files'
import { isNetworkPickle, readNetworkPickle, readWeights, sha256 } from '@gantry/metrics'
import type { AuthorsNetwork, AuthorsNetworks } from '@gantry/variants'

/** Networks of other people's training, and where they come from. */
export interface AuthorsFile {
  readonly networks: AuthorsNetworks
  /** What their authors trained them on, where the file says it: `ffhq`. */
  readonly dataset?: string
  /** Of the file, hexadecimal. */
  readonly sha256: string
}

const [AVERAGE, TRAINED, DISCRIMINATOR] = ['G_ema', 'G', 'D'] as const

/**
 * Reads networks of `stylegan2-ada-pytorch`: a pickle of its training (`network-snapshot-….pkl`), of which nothing is run, or a file of
 * weights: the state dict of G_ema, or those of several networks with their names before (`G_ema.`, `G.`, `D.`).
 *
 * @throws ModelFormatError `PICKLE_UNSAFE`, `WEIGHTS_TRUNCATED`, `WEIGHTS_INVALID`, `NETWORK_FOREIGN`; StorageError
 */
export async function readAuthorsFile(path: string): Promise<AuthorsFile> {
  const file = await readFile(path).catch((cause) => {
    throw storageError('read', path, cause)
  })
  // A copy: tensors are views, and those of a Buffer may lie at odd places.
  const bytes = new Uint8Array(file)
  try {
    return { ...authorsFile(bytes), sha256: await sha256(bytes) }
  } catch (cause) {
    if (!ModelFormatError.isInstance(cause)) throw cause
    const { code, problem, fix } = cause
    throw new ModelFormatError({ code, message: `${path}: ${problem}`, ...(fix !== undefined && { fix }), cause })
  }
}

/** The networks in these bytes. */
export function authorsFile(bytes: Uint8Array): Omit<AuthorsFile, 'sha256'> {
  if (!isNetworkPickle(bytes)) return { networks: byName(networksIn(readWeights(bytes))) }
  const { networks, settings } = readNetworkPickle(bytes)
  const dataset = datasetOf(settings.training_set_kwargs)
  return { networks: byName(networks), ...(dataset !== undefined && { dataset }) }
}

function byName(networks: ReadonlyMap<string, AuthorsNetwork>): AuthorsNetworks {
  const average = networks.get(AVERAGE) ?? networks.get(TRAINED)
  if (average === undefined) {
    throw new ModelFormatError({
      code: 'NETWORK_FOREIGN',
      message: `It holds no generator '${AVERAGE}', but ${[...networks.keys()].join(', ') || 'no network'}.`,
      fix: 'Choose a network-snapshot-….pkl of stylegan2-ada-pytorch.',
    })
  }
  return { average, trained: networks.get(TRAINED), discriminator: networks.get(DISCRIMINATOR) }
}

/** One network whose weights have no name before, or several that have. */
function networksIn(tensors: ReadonlyMap<string, NDArray>): Map<string, AuthorsNetwork> {
  const networks = new Map<string, AuthorsNetwork>()
  for (const name of [AVERAGE, TRAINED, DISCRIMINATOR]) {
    const own = [...tensors].flatMap(([key, tensor]) =>
      key.startsWith(`${name}.`) ? [[key.slice(name.length + 1), tensor] as const] : [],
    )
    if (own.length > 0) networks.set(name, { tensors: new Map(own) })
  }
  return networks.size > 0 ? networks : new Map([[AVERAGE, { tensors }]])
}

/** `./datasets/ffhq.zip` as `ffhq`. */
function datasetOf(training: unknown): string | undefined {
  const { path } = (training ?? {}) as { readonly path?: unknown }
  if (typeof path !== 'string') return undefined
  const name = path.split(/[\\/]/).findLast((part) => part !== '')
  return name?.replace(/\.\w+$/, '') || undefined
}
