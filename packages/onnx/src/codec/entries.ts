import { create } from '@bufbuild/protobuf'
import { type StringStringEntryProto, StringStringEntryProtoSchema } from '../generated/onnx_pb.ts'

/** Pairs of text by their keys. Files choose the keys, so the result has none of its own, as `__proto__` would be. */
export function decodeEntries(entries: readonly StringStringEntryProto[]): Record<string, string> {
  const record: Record<string, string> = Object.create(null)
  for (const { key, value } of entries) record[key] = value
  return record
}

export function encodeEntries(record: Readonly<Record<string, string | number>>): StringStringEntryProto[] {
  return Object.entries(record).map(([key, value]) =>
    create(StringStringEntryProtoSchema, { key, value: String(value) }),
  )
}
