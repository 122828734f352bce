import { layers as make } from '@tensorflow/tfjs-layers'
import { image, type LayerRow, one } from './layer-case.ts'

export const preprocessing: readonly LayerRow[] = [
  {
    names: ['rescaling'],
    cases: [one('scale and offset', image, () => make.rescaling({ scale: 1 / 127.5, offset: -1 }))],
  },
  {
    names: ['resizing'],
    cases: [
      one('bilinear', image, () => make.resizing({ height: 9, width: 5, interpolation: 'bilinear' }), { alone: true }),
      one('nearest', image, () => make.resizing({ height: 9, width: 5, interpolation: 'nearest' }), { alone: true }),
    ],
    note: 'in functions; TF.js itself cannot run it inside of a model',
  },
  {
    names: ['centerCrop'],
    cases: [
      one('smaller', image, () => make.centerCrop({ height: 4, width: 3 }), { fixedBatch: true, alone: true }),
      one('larger: resized', image, () => make.centerCrop({ height: 9, width: 10 }), { fixedBatch: true, alone: true }),
    ],
    note: 'in functions, at a fixed batch; TF.js spoils the shape of a model that it is in',
  },
]
