/**
 * `y = x · x` for a square matrix of any size, as an ONNX file: what a device must be able to run.
 *
 * 79 bytes (opset 17, IR version 8), so that probing needs neither a file nor `@gantry/onnx`. A test decodes it.
 */
export const probeModel: Uint8Array = Uint8Array.from(
  atob('CAg6RQoRCgF4CgF4EgF5IgZNYXRNdWwSAm1tWhUKAXgSEAoOCAESCgoDEgFuCgMSAW5iFQoBeRIQCg4IARIKCgMSAW4KAxIBbkIECgAQEQ=='),
  (character) => character.charCodeAt(0),
)
