import { BinaryReader, WireType } from '@bufbuild/protobuf/wire'
import { ModelFormatError } from '@gantry/core'
import type { ModelProto } from '../generated/onnx_pb.ts'
import type { LocalFunction } from '../graph.ts'
import { ownDomain } from './decode-graph.ts'

/** `ModelProto.functions`, which is no part of the schema here: functions are kept as they are. */
export const FUNCTIONS_FIELD = 25

/** `FunctionProto.name` and `.domain`. */
const NAME = 1
const DOMAIN = 10

/** The operators that a model defines itself. */
export function decodeFunctions({ $unknown }: ModelProto): LocalFunction[] {
  const fields = ($unknown ?? []).filter(({ no }) => no === FUNCTIONS_FIELD)
  return fields.map(({ data, wireType }) => {
    if (wireType !== WireType.LengthDelimited) throw damaged('is no message')
    try {
      // A field's data starts with its length.
      return decodeFunction(new BinaryReader(data).bytes())
    } catch (cause) {
      throw damaged('ends early or is damaged', cause)
    }
  })
}

function decodeFunction(bytes: Uint8Array): LocalFunction {
  const reader = new BinaryReader(bytes)
  let [domain, name] = ['', '']
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag()
    if (field === NAME && wireType === WireType.LengthDelimited) name = reader.string()
    else if (field === DOMAIN && wireType === WireType.LengthDelimited) domain = ownDomain(reader.string())
    else reader.skip(wireType, field)
  }
  return { domain, name, bytes }
}

function damaged(detail: string, cause?: unknown): ModelFormatError {
  return new ModelFormatError({
    code: 'ONNX_INVALID',
    message: `A function that the ONNX model defines ${detail}.`,
    fix: 'The file is damaged; export it again.',
    cause,
  })
}
