export { ApiError } from './api-error.ts'
export { GantryClient } from './client.ts'
export type { ClientOptions, RequestOptions } from './connection.ts'
export type {
  Control,
  GeneratedArrays,
  GeneratedSamples,
  GenerateRequest,
  ImageRequest,
  InferOptions,
  Inferred,
  Inputs,
  InputValue,
  InterpolateRequest,
  ModelMetadata,
  PictureFormat,
  ServedModel,
  TensorMetadata,
  Weighted,
} from './shapes.ts'
