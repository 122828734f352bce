export { besideOf } from './beside.ts'
export { type DrawnRows, drawRows, noiseDraw, wordsOf } from './draw-rows.ts'
export { type FunctionPorts, fitLengths } from './fit-lengths.ts'
export { fittedTo } from './fitted-to.ts'
export { heatMaps } from './heat-map.ts'
export { type GridImages, imageGrid, imagePng, type PixelRange } from './image-grid.ts'
export { countOf } from './indices.ts'
export type {
  Artefact,
  Control,
  Coordinates,
  FileReader,
  InputRequest,
  Modality,
  ShowLayout,
  Shown,
} from './modality.ts'
export { isWritten, parseInput, type WrittenModality } from './parse-input.ts'
export { partsOf, type ShownParts } from './parts-of.ts'
export { type Bitmap, decodePng, encodePng, isPng } from './png.ts'
export { findModality, modalities } from './registry.ts'
export { type Axes, axesAround, type ScatterPlotOptions, scatterPlot } from './scatter-plot.ts'
export { portsFromData, type SupplyRequest, supply } from './supply.ts'
export { type Translation, translationOf, wayBack } from './translation.ts'
