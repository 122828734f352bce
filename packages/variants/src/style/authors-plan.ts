import { type NDArray, sizeOfShape } from '@gantry/core'
import { type ChannelRule, channelRule } from './authors-channels.ts'
import {
  type AuthorsNetwork,
  type AuthorsNetworks,
  attributeOf,
  foreign,
  incomplete,
  shapeOf,
  unsupported,
} from './authors-network.ts'
import type { StyleGan2Options } from './style-options.ts'

/** What `stylegan2` must be built as to hold the authors' networks. */
export interface AuthorsPlan {
  /** [side, side, channels] of the images. */
  readonly shape: readonly [number, number, number]
  readonly classes?: number
  readonly options: Partial<StyleGan2Options>
  /** Whether the discriminator is one of ours, too. */
  readonly judges: boolean
  /** What differs, for a person. */
  readonly notes: readonly string[]
}

type Architecture = StyleGan2Options['generatorArchitecture']

/** What one of both networks says of itself. */
interface Own {
  readonly rule: ChannelRule
  readonly architecture: Architecture
  readonly clamp: number
}

interface OwnGenerator extends Own {
  readonly shape: readonly [number, number, number]
  readonly classes: number
  readonly options: Partial<StyleGan2Options>
}

const RATE = 0.01
const USUAL_DECAY = 0.995
/** Biases of their layers move as fast as kernels; the rate is kept by both, but only here as it is. */
const MAPPING_RATE = /^mapping\.fc\d+\.bias_gain$/

/**
 * Reads from the authors' weights, and from the attributes of their parts where the file has them, which options make ours equal.
 * A discriminator that no options make together with the generator is left out, and the notes say why.
 *
 * @throws ModelFormatError `NETWORK_FOREIGN` for networks of another kind, `NETWORK_INCOMPLETE` where weights are missing,
 * `NETWORK_UNSUPPORTED` for a generator that ours cannot be
 */
export function planOfAuthors({ average, discriminator }: AuthorsNetworks): AuthorsPlan {
  const { shape, classes, options, ...generator } = generatorOf(average)
  const notes = notesOf(average)
  const judge = discriminator && discriminatorOf(discriminator, { shape, classes, options, ...generator })
  if (typeof judge === 'string') notes.push(`the discriminator is left out: ${judge}`)
  const own = typeof judge === 'object' ? judge : undefined
  return {
    ...{ shape, judges: own !== undefined, notes },
    ...(classes > 0 && { classes }),
    options: {
      ...{ ...options, generatorArchitecture: generator.architecture, activationClamp: generator.clamp },
      ...{ generatorWidth: generator.rule.width, channelBase: own?.base ?? generator.rule.base[0] },
      ...(own ? own.options : { discriminatorWidth: generator.rule.width }),
      ...(classes > 0 && { conditioning: 'projection' as const }),
    },
  }
}

function generatorOf(network: AuthorsNetwork): OwnGenerator {
  const { tensors } = network
  const first = [...tensors.keys()].slice(0, 3)
  if (first.some((name) => name.startsWith('synthesis.input.')) || tensors.has('synthesis.input.weight')) {
    throw foreign(
      'its synthesis begins with Fourier features, as that of StyleGAN3 does',
      'Gantry builds StyleGAN2, and nothing converts one into the other: import a network of stylegan2-ada-pytorch (or of stylegan3 --cfg=stylegan2).',
    )
  }
  if (!tensors.has('synthesis.b4.const')) {
    throw foreign(
      `there is no 'synthesis.b4.const', but ${first.join(', ') || 'nothing'}`,
      "Import a network of stylegan2-ada-pytorch: its .pkl, or its G_ema's state_dict() as .safetensors.",
    )
  }
  checkParts(network)
  const sides = sidesOf(tensors, /^synthesis\.b(\d+)\.conv1\.weight$/)
  const size = sides.at(-1)!
  const channels = new Map(sides.map((side) => [side, shapeOf(network, `synthesis.b${side}.conv1.weight`, 4)[0]!]))
  const [colours] = shapeOf(network, `synthesis.b${size}.torgb.weight`, 4) as [number]
  const [, styleSize] = shapeOf(network, 'synthesis.b4.conv1.affine.weight', 2) as [number, number]
  const [embedding, classes] = tensors.has('mapping.embed.weight')
    ? (shapeOf(network, 'mapping.embed.weight', 2) as [number, number])
    : [0, 0]
  const latentSize = shapeOf(network, 'mapping.fc0.weight', 2)[1]! - embedding
  if (latentSize < 1) throw unsupported('it has no noise z, only labels')
  const skips = tensors.has('synthesis.b4.torgb.weight')
  return {
    ...{ shape: [size, size, colours], classes, rule: ruleOf(channels) },
    architecture: skips ? 'skip' : tensors.has('synthesis.b8.skip.weight') ? 'residual' : 'original',
    clamp: attributeOf(network, /^synthesis\.b\d+\.(conv[01]|torgb)\.conv_clamp$/, 0),
    options: {
      ...{ latentSize, styleSize, mappingLayers: countLayers(tensors, 'mapping.') },
      mappingLearningRateMultiplier: attributeOf(network, MAPPING_RATE, RATE),
      styleAverageDecay: decayOf(network),
    },
  }
}

/** Networks that came from TensorFlow may have an average that stays as it is: one that is trained on needs one that moves. */
function decayOf(network: AuthorsNetwork): number {
  const decay = attributeOf(network, /^mapping\.w_avg_beta$/, USUAL_DECAY)
  return decay < 1 ? decay : USUAL_DECAY
}

/** @returns options and the base of both, or why the discriminator cannot be ours beside this generator */
function discriminatorOf(network: AuthorsNetwork, generator: OwnGenerator) {
  const { tensors } = network
  checkParts(network)
  const sides = sidesOf(tensors, /^b(\d+)\.conv0\.weight$/)
  const [size, , colours] = generator.shape
  if (sides.at(-1) !== size || shapeOf(network, `b${size}.fromrgb.weight`, 4)[1] !== colours) {
    return 'it judges images of another size, or with other colours'
  }
  const channels = new Map(sides.map((side) => [side, shapeOf(network, `b${side}.conv0.weight`, 4)[0]!]))
  const [last, withSpread] = shapeOf(network, 'b4.conv.weight', 4) as [number, number]
  channels.set(4, last)
  const rule = channelRule(channels)
  if (rule === undefined) return `its maps have ${listed(channels)}, which is no min(base/side, most)`
  const base = Math.max(rule.base[0], generator.rule.base[0])
  if (base > Math.min(rule.base[1], generator.rule.base[1]))
    return 'its large maps have other channels than the generator’s'
  const classes = tensors.has('mapping.embed.weight') ? shapeOf(network, 'mapping.embed.weight', 2)[1]! : 0
  if (classes !== generator.classes) return `it knows ${classes} classes, the generator ${generator.classes}`
  const clamp = attributeOf(network, /^b\d+\.(conv[01]?)\.conv_clamp$/, 0)
  if (clamp !== generator.clamp) return `its maps are clamped at ${clamp}, the generator’s at ${generator.clamp}`
  const layers = countLayers(tensors, 'mapping.')
  if (classes > 0 && layers !== generator.options.mappingLayers) {
    return `its labels are mapped by ${layers} layers, those of the generator by ${generator.options.mappingLayers}`
  }
  const rate = attributeOf(network, MAPPING_RATE, RATE)
  if (classes > 0 && rate !== generator.options.mappingLearningRateMultiplier)
    return 'its mapping learns at another rate'
  const group = attributeOf(network, /^b4\.mbstd\.group_size$/, 4)
  if (withSpread - last > 1) return `it sees ${withSpread - last} spreads of a batch, ours one`
  const skips = tensors.has('b4.fromrgb.weight')
  const discriminatorArchitecture: Architecture = skips
    ? 'skip'
    : tensors.has('b8.skip.weight')
      ? 'residual'
      : 'original'
  const minibatchStandardDeviation = withSpread === last ? 0 : group
  return {
    base,
    options: { discriminatorWidth: rule.width, discriminatorArchitecture, minibatchStandardDeviation },
  }
}

function ruleOf(channels: ReadonlyMap<number, number>): ChannelRule {
  const rule = channelRule(channels)
  if (rule !== undefined) return rule
  throw unsupported(`its maps have ${listed(channels)}, which is no min(base/side, most)`)
}

function listed(channels: ReadonlyMap<number, number>): string {
  return [...channels].map(([side, own]) => `${own} channels at ${side} px`).join(', ')
}

/** 4 (or 8), … up to the image's side, without a gap. */
function sidesOf(tensors: AuthorsNetwork['tensors'], pattern: RegExp): number[] {
  const sides = [...tensors.keys()].flatMap((name) => pattern.exec(name)?.[1] ?? []).map(Number)
  sides.sort((left, right) => left - right)
  if (sides.length === 0 || sides.some((side, index) => side !== sides[0]! * 2 ** index) || sides[0]! > 8) {
    throw incomplete(`its blocks are of ${sides.join(', ') || 'no'} pixels`)
  }
  return sides
}

function countLayers(tensors: AuthorsNetwork['tensors'], prefix: string): number {
  let count = 0
  while (tensors.has(`${prefix}fc${count}.weight`)) count++
  return count
}

/** Layers behind which the authors have an activation. */
const ACTIVATED = /(^|\.)(conv[01]?|fromrgb|fc\d*)\.activation$/

/** What changes that a network computes, and leaves no trace in its weights. */
function checkParts({ tensors, attributes = new Map() }: AuthorsNetwork): void {
  for (const [name, activation] of attributes) {
    if (ACTIVATED.test(name) && activation !== 'lrelu') throw unsupported(`${name} is '${activation}', ours is 'lrelu'`)
  }
  for (const [name, filter] of tensors) {
    if (name.endsWith('resample_filter') && !isUsualFilter(filter)) {
      throw unsupported(`'${name}' is not the filter [1, 3, 3, 1] by which ours resamples`)
    }
  }
}

const TAPS = [1, 3, 3, 1]

function isUsualFilter({ shape, data }: NDArray): boolean {
  if (sizeOfShape(shape) !== 16) return false
  return Array.from(data as Float32Array).every(
    (value, index) => Math.abs(value - (TAPS[index >> 2]! * TAPS[index % 4]!) / 64) < 1e-6,
  )
}

function notesOf(network: AuthorsNetwork): string[] {
  const notes: string[] = []
  if ([...network.tensors.keys()].some((name) => name.endsWith('noise_const'))) {
    notes.push(
      "noise is drawn for each picture, as by noise_mode='random': what the authors keep for 'const' is left out",
    )
  }
  const { attributes = new Map() } = network
  const halves = [...attributes].filter(([name, value]) => name.endsWith('use_fp16') && value === true).length
  if (halves > 0)
    notes.push(`the authors compute the largest ${halves} of its sizes at half precision; here all are at single`)
  if (network.attributes === undefined) {
    notes.push(
      `the file holds weights alone: a mapping that learns at ${RATE} of the rate and no clamp are taken for granted, as are lrelu and its slope`,
    )
  }
  return notes
}
