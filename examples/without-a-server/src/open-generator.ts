import { createOnnxRuntimeInference } from '@gantry/backend-onnxruntime'
import { type InferenceSession, type ModelManifest, type NDArray, readManifest } from '@gantry/core'
import { type Artefact, findModality, fitLengths, partsOf, supply } from '@gantry/modalities'

export interface Generator {
  readonly manifest: ModelManifest
  /**
   * The sample of a seed, as its modality shows one: a PNG of a picture.
   *
   * @param texts what people write, by input; what they leave out is drawn, or has its usual value
   */
  draw(seed: number, texts: Readonly<Record<string, string>>): Promise<Artefact>
  dispose(): Promise<void>
}

/**
 * Loads what `gantry export` wrote. ONNX Runtime's WebAssembly runs in a Web Worker of its own; inputs are drawn and pictures are made by
 * the same lines as on the server.
 *
 * @param model a URL, or the bytes of the file
 */
export async function openGenerator(model: string | Uint8Array): Promise<Generator> {
  const session = await createOnnxRuntimeInference({ device: 'cpu' }).load(model)
  try {
    return generatorOf(session, readManifest(session.metadata))
  } catch (error) {
    // A file that is no generator: its worker ends.
    await session.dispose()
    throw error
  }
}

function generatorOf(session: InferenceSession, manifest: ModelManifest): Generator {
  const run = fitLengths((inputs: Readonly<Record<string, NDArray>>) => session.run(inputs), manifest)
  return {
    manifest,
    async draw(seed, texts) {
      const asked: Record<string, NDArray> = {}
      for (const [name, text] of Object.entries(texts)) {
        const port = manifest.inputs[name]!
        asked[name] = await findModality(port.modality).parse!(port, text)
      }
      const inputs = supply(manifest.inputs, { seed, from: 0, count: 1, asked })
      const { modality, parts } = partsOf(manifest.outputs, await run(inputs))[0]!
      return modality.showOne === undefined ? modality.show!(parts) : modality.showOne(parts, 0)
    },
    dispose: () => session.dispose(),
  }
}
