import { inferenceDatatypes, type NDArray } from '@gantry/core'
import { numbersOf } from '../generation/present.ts'
import type { Presenter } from '../generation/presenter.ts'
import { type Answer, answer } from '../http/answer.ts'
import { RequestError } from '../http/request-error.ts'
import type { Arrays } from '../models/batch-queue.ts'
import type { LoadedModel } from '../models/served-model.ts'
import type { InferWanted } from './infer-request.ts'

/** The answer: JSON, and after it the bytes of the outputs that are wanted so. */
export async function inferResponse(
  { name, version }: Pick<LoadedModel, 'name' | 'version'>,
  request: InferWanted,
  outputs: Arrays,
  presenter: Presenter,
): Promise<Answer> {
  const allBinary = request.parameters?.binary_data_output === true
  const wanted = request.outputs?.length
    ? request.outputs
    : Object.keys(outputs).map((each) => ({ name: each, parameters: undefined }))
  const chunks: Uint8Array[] = []
  const inJson: Record<string, NDArray> = {}
  const tensors = wanted.map(({ name: output, parameters }) => {
    if (!Object.hasOwn(outputs, output)) {
      throw new RequestError({
        status: 422,
        code: 'OUTPUT_UNKNOWN',
        message: `There is no output '${output}'. There are ${Object.keys(outputs).join(', ')}.`,
      })
    }
    const { dtype, shape, data } = outputs[output]!
    const about = { name: output, datatype: inferenceDatatypes[dtype], shape }
    if (!((parameters?.binary_data as boolean | undefined) ?? allBinary)) {
      inJson[output] = outputs[output]!
      return { ...about, data: numbersOf(output) }
    }
    const bytes = bytesOf(data)
    chunks.push(bytes)
    return { ...about, parameters: { binary_data_size: bytes.byteLength } }
  })
  const about = {
    model_name: name,
    model_version: version,
    ...(request.id !== undefined && { id: request.id }),
    outputs: tensors,
  }
  if (chunks.length === 0) {
    const { bytes, contentType } = await presenter.presentOne({ kind: 'json', about }, inJson)
    return answer(bytes, { 'content-type': contentType })
  }
  const isFilled = Object.keys(inJson).length > 0
  const header = isFilled
    ? (await presenter.presentOne({ kind: 'json', about }, inJson)).bytes
    : Buffer.from(JSON.stringify(about))
  return answer(Buffer.concat([header, ...chunks]), {
    'content-type': 'application/octet-stream',
    'inference-header-content-length': String(header.byteLength),
  })
}

/** Little-endian, as every machine that ONNX Runtime has binaries for. */
function bytesOf({ buffer, byteOffset, byteLength }: NDArray['data']): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength)
}
