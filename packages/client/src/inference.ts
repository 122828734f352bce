import { arrayClasses, type DType, inferenceDatatypes, type NDArray, ndarray, numbersToArray } from '@gantry/core'
import { ApiError } from './api-error.ts'
import type { InferBody, InferOptions, Inferred, TensorBody } from './shapes.ts'

const HEADER_LENGTH = 'inference-header-content-length'

const dtypeOf = new Map(
  Object.entries(inferenceDatatypes).map(([dtype, datatype]) => [datatype as string, dtype as DType]),
)

/** A request of the Open Inference Protocol: JSON, and after it the bytes of all inputs. */
export function inferRequest(inputs: Readonly<Record<string, NDArray>>, options: InferOptions): RequestInit {
  const { seed, outputs, id } = options
  const tensors = Object.entries(inputs).map(([name, { dtype, shape, data }]) => ({
    name,
    shape,
    datatype: inferenceDatatypes[dtype],
    parameters: { binary_data_size: data.byteLength },
  }))
  const json = {
    ...(id !== undefined && { id }),
    parameters: { binary_data_output: true, ...(seed !== undefined && { seed }) },
    inputs: tensors,
    ...(outputs && { outputs: outputs.map((name) => ({ name })) }),
  }
  const header = new TextEncoder().encode(JSON.stringify(json))
  // Little-endian, as every machine is on which there are browsers or Node.
  const chunks = Object.values(inputs).map(({ data }) => data as Uint8Array<ArrayBuffer>)
  return {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream', [HEADER_LENGTH]: String(header.byteLength) },
    body: new Blob([header, ...chunks]),
  }
}

/** @throws ApiError `ANSWER_INVALID` */
export async function inferred(answer: Response): Promise<Inferred> {
  const length = answer.headers.get(HEADER_LENGTH)
  if (length === null) return arraysOf((await answer.json()) as InferBody, new Uint8Array())
  const bytes = new Uint8Array(await answer.arrayBuffer())
  const json = new TextDecoder().decode(bytes.subarray(0, Number(length)))
  return arraysOf(JSON.parse(json) as InferBody, bytes.subarray(Number(length)))
}

function arraysOf({ model_name, model_version, id, outputs }: InferBody, bytes: Uint8Array): Inferred {
  let at = 0
  const arrays = outputs.map((tensor): [string, NDArray] => {
    const dtype = dtypeOf.get(tensor.datatype)
    const size = tensor.parameters?.binary_data_size
    if (dtype === undefined) throw invalid(tensor, `is of ${tensor.datatype}, which there is no array for`)
    if (size === undefined) return [tensor.name, numbersToArray(dtype, tensor.shape, tensor.data ?? [])]
    if (at + size > bytes.byteLength) throw invalid(tensor, `has ${bytes.byteLength - at} of ${size} bytes`)
    at += size
    // A copy: the bytes need not lie where elements may begin.
    const own = bytes.slice(at - size, at)
    return [tensor.name, ndarray(dtype, tensor.shape, new arrayClasses[dtype](own.buffer) as never)]
  })
  return {
    model: model_name,
    version: model_version,
    ...(id !== undefined && { id }),
    outputs: Object.fromEntries(arrays),
  }
}

function invalid({ name }: TensorBody, what: string): ApiError {
  return new ApiError({ code: 'ANSWER_INVALID', message: `The output '${name}' of the answer ${what}.` })
}
