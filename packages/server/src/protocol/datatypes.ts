import type { DType } from '@gantry/core'

/** What the Open Inference Protocol calls our element types. */
export const datatypes = {
  float32: 'FP32',
  float64: 'FP64',
  int32: 'INT32',
  int64: 'INT64',
  uint8: 'UINT8',
  bool: 'BOOL',
} as const satisfies Readonly<Record<DType, string>>
