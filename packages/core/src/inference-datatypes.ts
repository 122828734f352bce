import type { DType } from './ndarray.ts'

/** What the Open Inference Protocol, and with it KServe and Triton, call our element types. */
export const inferenceDatatypes = {
  float32: 'FP32',
  float64: 'FP64',
  int32: 'INT32',
  int64: 'INT64',
  uint8: 'UINT8',
  bool: 'BOOL',
} as const satisfies Readonly<Record<DType, string>>
