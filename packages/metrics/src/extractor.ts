import type { FeatureMatrix, ImageBatch } from './features.ts'

/** What a score must carry so that somebody can tell what it may be compared with. */
export interface ExtractionProtocol {
  /** `inception-fid`, `classifier-mnist`, `pixels` … */
  readonly extractor: string
  /** SHA-256 of the weights, hexadecimal; `seed 2020` for random ones, `none` where there are none. */
  readonly weights: string
  /** How images are brought to the network's size: `tf1-bilinear`, `pil-bicubic`, `none` … */
  readonly resizer: string
  /** How generated images become 8-bit: `round(127.5·(x + 1))` clipped, or `none`. */
  readonly quantisation: string
}

/** Turns images into features. */
export interface FeatureExtractor {
  readonly name: string
  /** What its distances are called: `fid` for the network that the name is defined by, `mnist-frechet` and so on for others. */
  readonly frechetName: string
  /** Width of the features of each layer that can be asked for. */
  readonly layers: Readonly<Record<string, number>>
  /** The layer for distances between distributions. */
  readonly featureLayer: string
  /** The layer of class logits, where it is a classifier. */
  readonly logitLayer?: string
  readonly protocol: ExtractionProtocol
  /** @throws ShapeError `IMAGES_UNSUITABLE` for images that it cannot take. */
  extract(images: ImageBatch, layers: readonly string[]): Promise<Readonly<Record<string, FeatureMatrix>>>
  dispose(): Promise<void>
}
