import {
  arrayClasses,
  bytesPerElement,
  DataError,
  type DType,
  gatherStrided,
  type NDArray,
  ndarray,
  sizeOfShape,
} from '@gantry/core'

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]
const descriptions = { float32: 'f4', float64: 'f8', int32: 'i4', int64: 'i8', uint8: 'u1', bool: 'b1' } as const
const dtypesByDescription = new Map<string, DType>(
  Object.entries(descriptions).map(([dtype, description]) => [description, dtype as DType]),
)

/**
 * Reads numpy's `.npy` (format 1.0 to 3.0; https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html): C or
 * Fortran order, either byte order. The result is a row-major copy.
 *
 * @param owner what the message calls the file
 * @throws DataError `NPY_INVALID`, and `NPY_DTYPE_UNSUPPORTED` for element types other than Gantry's six
 */
export function decodeNpy(file: Uint8Array, owner = 'The array'): NDArray {
  const invalid = (detail: string) =>
    new DataError({ code: 'NPY_INVALID', message: `${owner} is not a numpy array that Gantry can read: ${detail}.` })
  if (file.length < 12 || MAGIC.some((byte, index) => file[index] !== byte)) throw invalid('it does not start like one')
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
  const [lengthBytes, headerLength] = file[6]! === 1 ? [2, view.getUint16(8, true)] : [4, view.getUint32(8, true)]
  const start = 8 + lengthBytes + headerLength
  if (start > file.length) throw invalid('its header is cut off')
  const header = new TextDecoder().decode(file.subarray(8 + lengthBytes, start))
  const description = /'descr'\s*:\s*'([<>|=])(\w+)'/.exec(header)
  const order = /'fortran_order'\s*:\s*(True|False)/.exec(header)
  const axes = /'shape'\s*:\s*\(([\d,\sL]*)\)/.exec(header)
  if (!order || !axes) throw invalid('its header names no shape and order')
  const dtype = dtypesByDescription.get(description?.[2] ?? '')
  if (dtype === undefined) {
    throw new DataError({
      code: 'NPY_DTYPE_UNSUPPORTED',
      message: `${owner} has elements that Gantry does not read: ${header.trim()}`,
      fix: `Save it as one of: ${Object.keys(descriptions).join(', ')}.`,
    })
  }
  const shape = axes[1]!.split(',').flatMap((length) => (length.trim() === '' ? [] : [Number.parseInt(length, 10)]))
  const byteLength = sizeOfShape(shape) * bytesPerElement(dtype)
  if (file.length !== start + byteLength) {
    throw invalid(`${dtype}[${shape}] needs ${byteLength} bytes but ${file.length - start} follow its header`)
  }
  const bytes = file.slice(start)
  if (description![1] === '>') swapBytes(bytes, bytesPerElement(dtype))
  const elements = new arrayClasses[dtype](bytes.buffer) as NDArray['data']
  return ndarray(dtype, shape, order[1] === 'True' ? toRowMajor(elements, shape) : elements)
}

/** Writes numpy's `.npy`, format 1.0, C order, little-endian. */
export function encodeNpy({ dtype, shape, data }: NDArray): Uint8Array {
  const order = bytesPerElement(dtype) === 1 ? '|' : '<'
  const axes = shape.length === 1 ? `${shape[0]},` : shape.join(', ')
  const text = `{'descr': '${order}${descriptions[dtype]}', 'fortran_order': False, 'shape': (${axes}), }`
  // numpy pads the header so that the data starts at a multiple of 64.
  const start = Math.ceil((10 + text.length + 1) / 64) * 64
  const file = new Uint8Array(start + data.byteLength)
  file.set([...MAGIC, 1, 0])
  new DataView(file.buffer).setUint16(8, start - 10, true)
  file.set(new TextEncoder().encode(`${text.padEnd(start - 11)}\n`), 10)
  file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), start)
  return file
}

function swapBytes(bytes: Uint8Array, width: number): void {
  for (let offset = 0; offset < bytes.length; offset += width) bytes.subarray(offset, offset + width).reverse()
}

function toRowMajor<T extends NDArray['data']>(columnMajor: T, shape: readonly number[]): T {
  const strides = shape.map((_, axis) => sizeOfShape(shape.slice(0, axis)))
  return gatherStrided(columnMajor, columnMajor.slice() as T, shape, strides)
}
