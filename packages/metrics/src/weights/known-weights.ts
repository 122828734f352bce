import { headName } from '../lpips/networks.ts'
import { backboneShapes, headShapes, inceptionShapes, type Shapes, vgg19Shapes } from './weights-shapes.ts'

export type WeightsName =
  | 'inception-fid'
  | 'vgg16'
  | 'vgg19'
  | 'alexnet'
  | 'squeezenet1_1'
  | 'lpips-vgg'
  | 'lpips-alex'
  | 'lpips-squeeze'

/** A published file. All files of one entry hold the same tensors. */
export interface WeightsFile {
  readonly fileName: string
  readonly url: string
  /** As published in the file's name (the first eight digits) and by those who downloaded it. */
  readonly sha256: string
  /** Size, where it is known. */
  readonly bytes?: number
}

/** Weights that somebody else publishes, and that Gantry can use. It neither contains nor downloads them. */
export interface KnownWeights {
  readonly name: WeightsName
  readonly about: string
  readonly licence: string
  readonly files: readonly [WeightsFile, ...WeightsFile[]]
  /** Every tensor that is needed. What else a file holds is not looked at. */
  readonly shapes: Shapes
  /** The name in `shapes` of a tensor that other programs name differently. */
  canonicalName(name: string): string
}

const INCEPTION_SHA256 = '6726825d0af5f729cebd5821db510b11b1cfad8faad88a03f1befd49fb9129b2'
const INCEPTION_BYTES = 95_628_359
const GITHUB = 'https://github.com'
const TORCHVISION = 'https://download.pytorch.org/models'
const HEADS = `${GITHUB}/richzhang/PerceptualSimilarity/raw/master/lpips/weights/v0.1`

/** Where pytorch-fid's wrapper has the parts of the network: `blocks.0.1` is the second of these. */
const blocks: readonly (readonly string[])[] = [
  ['Conv2d_1a_3x3', 'Conv2d_2a_3x3', 'Conv2d_2b_3x3'],
  ['Conv2d_3b_1x1', 'Conv2d_4a_3x3'],
  ['Mixed_5b', 'Mixed_5c', 'Mixed_5d', 'Mixed_6a', 'Mixed_6b', 'Mixed_6c', 'Mixed_6d', 'Mixed_6e'],
  ['Mixed_7a', 'Mixed_7b', 'Mixed_7c'],
]

/** torchvision's names, which the FID file has too; and those of pytorch-fid's wrapper. */
function inceptionName(name: string): string {
  return name.replace(/^blocks\.(\d)\.(\d)\./, (whole, block, part) => {
    const known = blocks[Number(block)]?.[Number(part)]
    return known === undefined ? whole : `${known}.`
  })
}

/** `net.slice2.5.weight` (lpips) is `features.5.weight` (torchvision). */
function backboneName(name: string): string {
  return name.replace(/^(net\.)?slice\d+\.(?=\d+\.)/, 'features.')
}

/** `lins.0.model.1.weight` (lpips) and `lin0.weight` are `lin0.model.1.weight`. */
function lpipsHeadName(name: string): string {
  const layer = /^lins?\.?(\d)\.(?:model\.1\.)?weight$/.exec(name)?.[1]
  return layer === undefined ? name : headName(Number(layer))
}

function file(url: string, sha256: string, bytes?: number): WeightsFile {
  return { fileName: url.slice(url.lastIndexOf('/') + 1), url, sha256, ...(bytes !== undefined && { bytes }) }
}

const torchvision = { licence: 'BSD-3-Clause (torchvision)', canonicalName: backboneName }
const heads = { licence: 'BSD-2-Clause', canonicalName: lpipsHeadName }

/** The weights that extractors, LPIPS and perceptual losses take, and where their authors publish them. */
export const knownWeights: readonly KnownWeights[] = [
  {
    name: 'inception-fid',
    about: "FID's Inception-v3: TensorFlow's graph of 2015-12-05, converted to PyTorch",
    licence: 'Apache-2.0',
    files: [
      file(
        `${GITHUB}/mseitzer/pytorch-fid/releases/download/fid_weights/pt_inception-2015-12-05-6726825d.pth`,
        INCEPTION_SHA256,
        INCEPTION_BYTES,
      ),
      file(
        `${GITHUB}/toshas/torch-fidelity/releases/download/v0.2.0/weights-inception-2015-12-05-6726825d.pth`,
        INCEPTION_SHA256,
        INCEPTION_BYTES,
      ),
    ],
    shapes: inceptionShapes(),
    canonicalName: inceptionName,
  },
  {
    ...torchvision,
    name: 'vgg16',
    about: 'VGG-16 of torchvision, trained on ImageNet: for lpips-vgg',
    files: [
      file(
        `${TORCHVISION}/vgg16-397923af.pth`,
        '397923af8e79cdbb6a7127f12361acd7a2f83e06b05044ddf496e83de57a5bf0',
        553_433_881,
      ),
    ],
    shapes: backboneShapes('vgg'),
  },
  {
    ...torchvision,
    name: 'vgg19',
    about: 'VGG-19 of torchvision, trained on ImageNet: for the content loss of srgan and esrgan',
    files: [
      file(
        `${TORCHVISION}/vgg19-dcbb9e9d.pth`,
        'dcbb9e9dad569fff7a846263a77324fc34978fea2bfb039c012d710e1776ae44',
        574_673_361,
      ),
    ],
    shapes: vgg19Shapes(),
  },
  {
    ...torchvision,
    name: 'alexnet',
    about: 'AlexNet of torchvision, trained on ImageNet: for lpips-alex',
    files: [
      file(
        `${TORCHVISION}/alexnet-owt-7be5be79.pth`,
        '7be5be791159472b1fbf3c69796f7cb30dca7ad8466c2df70058c37116cdee02',
        244_408_911,
      ),
    ],
    shapes: backboneShapes('alex'),
  },
  {
    ...torchvision,
    name: 'squeezenet1_1',
    about: 'SqueezeNet 1.1 of torchvision, trained on ImageNet: for lpips-squeeze',
    files: [
      file(
        `${TORCHVISION}/squeezenet1_1-b8a52dc0.pth`,
        'b8a52dc049b60e4b6ab68ad0df457362afab8b6304b2febdc1650a5dab4d7e7b',
      ),
    ],
    shapes: backboneShapes('squeeze'),
  },
  {
    ...heads,
    name: 'lpips-vgg',
    about: 'LPIPS 0.1, the weights of the channels of VGG-16',
    files: [file(`${HEADS}/vgg.pth`, 'a78928a0af1e5f0fcb1f3b9e8f8c3a2a5a3de244d830ad5c1feddc79b8432868', 7289)],
    shapes: headShapes('vgg'),
  },
  {
    ...heads,
    name: 'lpips-alex',
    about: 'LPIPS 0.1, the weights of the channels of AlexNet',
    files: [file(`${HEADS}/alex.pth`, 'df73285e35b22355a2df87cdb6b70b343713b667eddbda73e1977e0c860835c0', 6009)],
    shapes: headShapes('alex'),
  },
  {
    ...heads,
    name: 'lpips-squeeze',
    about: 'LPIPS 0.1, the weights of the channels of SqueezeNet 1.1',
    files: [file(`${HEADS}/squeeze.pth`, '4a5350f23600cb79923ce65bb07cbf57dca461329894153e05a1346bd531cf76')],
    shapes: headShapes('squeeze'),
  },
]
