import {
  arrayClasses,
  type DType,
  inferenceDatatypes,
  type NDArray,
  ndarray,
  type Port,
  type Ports,
  sizeOfShape,
  suggestion,
} from '@gantry/core'
import { z } from '@hono/zod-openapi'
import { exactArray } from '../generation/exact-array.ts'
import { checked } from '../http/checked.ts'
import { parseJson } from '../http/read-body.ts'
import { RequestError } from '../http/request-error.ts'
import type { Arrays } from '../models/batch-queue.ts'

const parameters = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional()

const tensor = z.object({
  name: z.string().max(256),
  shape: z
    .array(
      z
        .int()
        .min(0)
        .max(2 ** 31),
    )
    .max(8),
  datatype: z.string().max(16),
  parameters,
  data: z.unknown().optional(),
})

/** The JSON of a request; clients may say more than we know. */
export const inferSchema = z
  .object({
    id: z.string().max(256).optional(),
    parameters,
    inputs: z.array(tensor).max(64).default([]),
    outputs: z
      .array(z.object({ name: z.string().max(256), parameters }))
      .max(64)
      .optional(),
  })
  .openapi('InferRequest')

type InferRequest = z.output<typeof inferSchema>

/** What a request wants, beside its inputs. */
export type InferWanted = Omit<InferRequest, 'inputs'>

/**
 * A request of the protocol: JSON, and after it the bytes of tensors that are sent so (the binary tensor data extension).
 *
 * @param headerLength bytes of the JSON, where something follows it
 * @throws RequestError for whatever it is not
 */
export function readInferRequest(
  ports: Ports,
  body: Uint8Array,
  headerLength: number | undefined,
): { readonly wanted: InferWanted; readonly asked: Arrays } {
  if (
    headerLength !== undefined &&
    !(Number.isInteger(headerLength) && headerLength >= 0 && headerLength <= body.byteLength)
  ) {
    throw invalid(`The header is said to have ${headerLength} bytes, but the body has ${body.byteLength}.`)
  }
  const { inputs, ...wanted } = checked(inferSchema, parseJson(body.subarray(0, headerLength ?? body.byteLength)))
  let at = headerLength ?? body.byteLength
  const asked = inputs.map((input) => {
    if (!Object.hasOwn(ports, input.name)) {
      const names = Object.keys(ports)
      throw new RequestError({
        status: 422,
        code: 'INPUT_UNKNOWN',
        message: `There is no input '${input.name}'. ${suggestion(input.name, names)}`,
      })
    }
    const size = input.parameters?.binary_data_size
    if (size === undefined) return [input.name, fromJson(ports[input.name]!, input)] as const
    if (typeof size !== 'number' || !Number.isInteger(size) || size < 0 || at + size > body.byteLength) {
      throw invalid(`The input '${input.name}' is said to have ${size} bytes, but ${body.byteLength - at} are left.`)
    }
    at += size
    return [input.name, fromBytes(ports[input.name]!, input, body.subarray(at - size, at))] as const
  })
  if (at !== body.byteLength) throw invalid(`The body has ${body.byteLength - at} bytes that belong to no input.`)
  if (new Set(asked.map(([name]) => name)).size < asked.length) throw invalid('An input is given twice.')
  return { wanted, asked: Object.fromEntries(asked) }
}

type Tensor = InferRequest['inputs'][number]

function fromBytes(port: Port, input: Tensor, bytes: Uint8Array): NDArray {
  const { dtype, size } = specOf(port, input)
  const arrayClass = arrayClasses[dtype]
  if (bytes.byteLength !== size * arrayClass.BYTES_PER_ELEMENT) {
    throw invalid(
      `The input '${input.name}' has ${bytes.byteLength} bytes, but [${input.shape}] of ${input.datatype} are ${size * arrayClass.BYTES_PER_ELEMENT}.`,
    )
  }
  // A copy: the bytes need not lie where elements may begin.
  const data = new arrayClass(new Uint8Array(bytes).buffer)
  if (dtype.startsWith('float')) checkFinite(input.name, data as Float32Array)
  return ndarray(dtype, input.shape, data as never)
}

function fromJson(port: Port, input: Tensor): NDArray {
  const { dtype, size } = specOf(port, input)
  const flat = Array.isArray(input.data) ? input.data.flat(8) : undefined
  if (flat?.length !== size)
    throw invalid(`The input '${input.name}' has ${flat?.length ?? 'no'} values, but [${input.shape}] are ${size}.`)
  const numbers = flat.map((value: unknown) => (typeof value === 'boolean' ? Number(value) : value))
  if (!numbers.every((value) => typeof value === 'number' && Number.isFinite(value))) throw notFinite(input.name)
  const array = exactArray(dtype, input.shape, numbers as number[])
  if (array === undefined) throw invalid(`The input '${input.name}' takes numbers that ${input.datatype} has.`)
  return array
}

function specOf(port: Port, { name, datatype, shape }: Tensor): { readonly dtype: DType; readonly size: number } {
  const wanted = inferenceDatatypes[port.dtype]
  if (datatype !== wanted) throw invalid(`The input '${name}' is ${wanted}, not ${datatype}.`)
  return { dtype: port.dtype, size: sizeOfShape(shape) }
}

function checkFinite(name: string, values: Float32Array | Float64Array): void {
  if (!values.every(Number.isFinite)) throw notFinite(name)
}

function notFinite(name: string): RequestError {
  return invalid(`The input '${name}' takes finite numbers.`)
}

function invalid(message: string): RequestError {
  return new RequestError({ status: 400, code: 'INFER_INVALID', message })
}
