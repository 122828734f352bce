import {
  lengthOf,
  multiplesOf,
  type NDArray,
  namedLengths,
  ndarray,
  type Port,
  type Ports,
  sizeOfShape,
} from '@gantry/core'

type Arrays = Readonly<Record<string, NDArray>>

/** What a function's inputs and outputs are. */
export interface FunctionPorts {
  readonly inputs: Ports
  readonly outputs: Ports
}

/**
 * A function that takes any lengths, of one that wants multiples of numbers: an image of 50×70 for a network that halves it four times
 * is filled up to 64×80 with its own mirror image, and what comes out is cut back.
 *
 * Lengths that other inputs tell, such as those of noise, are for what is filled up: as `supply` draws them.
 */
export function fitLengths<Rest extends readonly unknown[]>(
  run: (inputs: Arrays, ...rest: Rest) => Promise<Arrays>,
  { inputs: ports, outputs }: FunctionPorts,
): (inputs: Arrays, ...rest: Rest) => Promise<Arrays> {
  const multiples = multiplesOf(ports)
  if (Object.keys(multiples).length === 0) return run
  return async (inputs, ...rest) => {
    const [own, wanted] = [ownLengths(ports, inputs), namedLengths(ports, inputs)]
    const changes = Object.keys(wanted).filter((name) => own[name] !== wanted[name])
    if (changes.length === 0) return run(inputs, ...rest)
    const made = await run(
      mapPorts(ports, inputs, (port, array) => resized(port, array, wanted, isWhole(changes))),
      ...rest,
    )
    return mapPorts(outputs, made, (port, array) => resized(port, array, own, () => true))
  }
}

/** Only axes that bear the changing name itself are filled up; what follows from it was made for the filled length. */
const isWhole = (changes: readonly string[]) => (dimension: string) => changes.includes(dimension)

function ownLengths(ports: Ports, arrays: Arrays): Record<string, number> {
  return namedLengths(
    Object.fromEntries(Object.entries(ports).map(([name, { multiples: _, ...port }]) => [name, port])),
    arrays,
  )
}

function mapPorts(
  ports: Ports,
  arrays: Arrays,
  change: (port: Port, array: NDArray) => NDArray,
): Record<string, NDArray> {
  return Object.fromEntries(
    Object.entries(arrays).map(([name, array]) => [
      name,
      ports[name] === undefined ? array : change(ports[name], array),
    ]),
  )
}

function resized(
  { shape }: Port,
  array: NDArray,
  lengths: Readonly<Record<string, number>>,
  concerns: (dimension: string) => boolean,
): NDArray {
  return shape.reduce((part: NDArray, dimension, index) => {
    if (typeof dimension === 'number' || !concerns(dimension)) return part
    return alongAxis(part, index + 1, lengthOf(dimension, lengths) ?? part.shape[index + 1]!)
  }, array)
}

/** Another length along an axis: the first elements, and after the last its mirror image. */
function alongAxis(array: NDArray, axis: number, length: number): NDArray {
  const own = array.shape[axis]!
  if (own === length) return array
  const [before, inner] = [sizeOfShape(array.shape.slice(0, axis)), sizeOfShape(array.shape.slice(axis + 1))]
  const filled = ndarray(array.dtype, array.shape.with(axis, length))
  for (let block = 0; block < before; block++) {
    for (let place = 0; place < length; place++) {
      const from = (block * own + mirrored(place, own)) * inner
      filled.data.set(array.data.subarray(from, from + inner) as never, (block * length + place) * inner)
    }
  }
  return filled
}

/** 0 1 2 1 0 1 2 … */
function mirrored(place: number, length: number): number {
  if (length === 1) return 0
  const within = place % (2 * length - 2)
  return within < length ? within : 2 * length - 2 - within
}
