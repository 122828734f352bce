import { UnsupportedError } from '@gantry/core'

/** Something that Keras means and that would come out as other numbers. */
export function kerasRefusal(layer: string, detail: string, fix = GRAPH_MODEL): UnsupportedError {
  return new UnsupportedError({
    code: 'KERAS_LAYER_UNSUPPORTED',
    message: `The layer ${layer} ${detail}, which cannot be read from a layers model.`,
    fix,
  })
}

/** The converter writes what a layer computes rather than what it is called. */
export const GRAPH_MODEL =
  "Convert it as a graph model instead: model.export('saved'), then tensorflowjs_converter --input_format=tf_saved_model --output_format=tfjs_graph_model saved web."
