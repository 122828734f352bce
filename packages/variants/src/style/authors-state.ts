import { type NDArray, ndarray, type Part, permuteAxes, type State, type TypedArray } from '@gantry/core'
import { authorsWeight } from './authors-names.ts'
import { type AuthorsNetwork, type AuthorsNetworks, incomplete } from './authors-network.ts'

/** Names that a message lists before it stops. */
const SHOWN = 4

/** The order of the authors' axes that is ours. */
const orders = { convolution: [2, 3, 1, 0], dense: [1, 0], map: [1, 2, 0] } as const

/** Buffers that are no weights of ours: constant noise, and filters. */
const BESIDE = /(^|\.)(noise_const|resample_filter)$/

/**
 * The state of a `stylegan2` that has the authors' weights: both generators, and the discriminator where it is asked for.
 *
 * @param parts of the model that was built for them
 * @param fresh the model's own state: shapes are checked by it
 * @throws ModelFormatError `NETWORK_INCOMPLETE` naming weights that are missing, of another shape, or of no use
 */
export function stateOfAuthors(
  { average, trained = average, discriminator }: AuthorsNetworks,
  parts: Readonly<Record<string, Part>>,
  fresh: State,
): State {
  const state: Record<string, NDArray> = {}
  const take = (player: 'generator' | 'discriminator', network: AuthorsNetwork, place: 'trained' | 'average') => {
    const own = Object.entries(parts[player]!).map(([weight, { [place]: state }]) => [weight, state!] as const)
    checkNames(
      network,
      player,
      own.map(([weight]) => authorsWeight(player, weight).name),
    )
    for (const [weight, name] of own) {
      const { name: theirs, kind } = authorsWeight(player, weight)
      state[name] = converted(network.tensors.get(theirs)!, kind, fresh[name]!.shape, theirs)
    }
  }
  take('generator', trained, 'trained')
  take('generator', average, 'average')
  if (discriminator) take('discriminator', discriminator, 'trained')
  return state
}

function checkNames({ tensors }: AuthorsNetwork, player: string, names: readonly string[]): void {
  const listed = (all: readonly string[]) =>
    `${all
      .slice(0, SHOWN)
      .map((name) => `'${name}'`)
      .join(', ')}${all.length > SHOWN ? ` and ${all.length - SHOWN} more` : ''}`
  const missing = names.filter((name) => !tensors.has(name))
  if (missing.length > 0) throw incomplete(`its ${player} lacks ${listed(missing)}`)
  const known = new Set(names)
  const others = [...tensors.keys()].filter((name) => !known.has(name) && !BESIDE.test(name))
  if (others.length > 0) throw incomplete(`its ${player} has ${listed(others)}, which ours has no place for`)
}

function converted(
  theirs: NDArray,
  kind: ReturnType<typeof authorsWeight>['kind'],
  shape: readonly number[],
  name: string,
): NDArray<'float32'> {
  const { shape: given } = theirs
  const ours = kind === 'flat-map' ? flatMap(theirs) : kind === 'same' ? theirs : ordered(theirs, orders[kind])
  if (ours === undefined || ours.shape.join() !== shape.join()) {
    throw incomplete(`'${name}' has the shape [${given}], which does not become [${shape}]`)
  }
  const data = ours.data as Exclude<TypedArray, BigInt64Array>
  if (ours.dtype === 'int64') throw incomplete(`'${name}' is of whole numbers`)
  return ndarray('float32', shape, data instanceof Float32Array ? data : Float32Array.from(data))
}

function ordered(array: NDArray, order: readonly number[]): NDArray | undefined {
  return array.shape.length === order.length ? permuteAxes(array, order) : undefined
}

/** [outputs, channels·4·4], channels slowest, to [4·4·channels, outputs], channels fastest. */
function flatMap(array: NDArray): NDArray | undefined {
  const [outputs, inputs] = array.shape as [number, number]
  if (array.shape.length !== 2 || inputs % 16 !== 0) return undefined
  const maps = ndarray(array.dtype, [outputs, inputs / 16, 4, 4], array.data as never)
  return ndarray(array.dtype, [inputs, outputs], permuteAxes(maps, orders.convolution).data as never)
}
