import type { DType, ModelManifest, NDArray } from '@gantry/core'

// What is asked and answered, as the server's OpenAPI document has it: a test compares them.

/** How a form asks a person for an input. */
export interface Control {
  readonly name: string
  readonly control: 'choice' | 'number' | 'picture' | 'text'
  /** Whether it takes whole numbers. */
  readonly whole: boolean
  readonly choices?: readonly string[]
  readonly range?: readonly [minimum: number, maximum: number]
  /** What it is where nobody says so. */
  readonly otherwise?: number
  /** Whether nothing can be made without it. */
  readonly required: boolean
}

/** A model as the server describes it. */
export interface ServedModel {
  readonly name: string
  /** Changes with the weights and the ports. */
  readonly version: string
  readonly ready: boolean
  /** Samples that wait. */
  readonly waiting: number
  readonly manifest: ModelManifest
  readonly controls: readonly Control[]
  /** Whether a seed changes what is made. */
  readonly drawn: boolean
  /** Whether what is drawn can be mixed. */
  readonly latent: boolean
}

/** As people write it (`'seven'`, `'data:image/png;base64,…'`), or numbers: of one element, or of one a sample. */
export type InputValue = string | number | boolean | readonly InputValue[]

export type Inputs = Readonly<Record<string, InputValue>>

export type PictureFormat = 'png' | 'webp' | 'avif' | 'jpeg'

/** A seed, and how much of it there is. */
export interface Weighted {
  readonly seed: number
  readonly weight: number
}

export interface GenerateRequest {
  /** The same seed gives the same samples; default: any. */
  readonly seed?: number
  /** Instead of the seed, for one sample: what is drawn, mixed of several seeds. */
  readonly mix?: readonly Weighted[]
  /** Default: 1. */
  readonly count?: number
  readonly inputs?: Inputs
  /** `json`: the numbers themselves. Default: as samples of their kind are shown. */
  readonly format?: PictureFormat | 'json'
  /** All samples in one picture. */
  readonly grid?: boolean | { readonly columns: number }
}

export interface InterpolateRequest {
  /** From one to the next. */
  readonly seeds: readonly number[]
  /** Pictures of the whole way. */
  readonly frames?: number
  /** From the last seed back to the first; default: true. */
  readonly loop?: boolean
  /** Of a picture. */
  readonly milliseconds?: number
  readonly inputs?: Inputs
}

export interface ImageRequest {
  readonly format?: PictureFormat
  /** As people write them. */
  readonly inputs?: Readonly<Record<string, string | number>>
  /** Of the model: caches keep such an address for ever. */
  readonly version?: string
}

/** Samples as files to look at: pictures, or text. A grid is one. */
export interface GeneratedSamples {
  /** Of which they were made. */
  readonly seed: number
  readonly samples: readonly Blob[]
}

/** Samples as numbers. */
export interface GeneratedArrays {
  readonly model: string
  readonly version: string
  readonly seed: number
  readonly count: number
  /** [count, ...shape] by output. */
  readonly outputs: Readonly<Record<string, NDArray>>
}

/** What stands in the JSON of `generate`. */
export interface GeneratedBody {
  readonly model: string
  readonly version: string
  readonly seed: number
  readonly count: number
  /** A data URL a sample. */
  readonly samples?: readonly string[]
  readonly outputs?: Readonly<Record<string, ArrayBody>>
}

export interface ArrayBody {
  readonly dtype: DType
  readonly shape: readonly number[]
  readonly data: readonly number[]
}

/** A tensor of the Open Inference Protocol; -1 is a length that is open. */
export interface TensorMetadata {
  readonly name: string
  readonly datatype: string
  readonly shape: readonly number[]
}

export interface ModelMetadata {
  readonly name: string
  readonly versions: readonly string[]
  readonly platform: string
  readonly inputs: readonly TensorMetadata[]
  readonly outputs: readonly TensorMetadata[]
}

export interface InferOptions {
  /** Of what the inputs leave out. */
  readonly seed?: number
  /** Names; default: all. */
  readonly outputs?: readonly string[]
  readonly id?: string
}

export interface Inferred {
  readonly model: string
  readonly version: string
  readonly id?: string
  readonly outputs: Readonly<Record<string, NDArray>>
}

/** What stands in the JSON of an answer of the protocol. */
export interface InferBody {
  readonly model_name: string
  readonly model_version: string
  readonly id?: string
  readonly outputs: readonly TensorBody[]
}

export interface TensorBody extends TensorMetadata {
  readonly parameters?: { readonly binary_data_size: number }
  readonly data?: readonly number[]
}
