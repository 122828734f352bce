/** A weight of the authors' PyTorch code, and the order in which its axes become ours. */
export interface AuthorsWeight {
  readonly name: string
  /** What it is to them: of [outputs, inputs, height, width], of [outputs, inputs], of [channels, height, width], or as ours. */
  readonly kind: 'convolution' | 'dense' | 'map' | 'flat-map' | 'same'
}

const parts: readonly (readonly [ours: RegExp, theirs: string])[] = [
  [/\/style\//, '.affine.'],
  [/\/activation\/bias$/, '.bias'],
  [/\/noise\/strength$/, '.noise_strength'],
  [/^mapping\/average$/, 'mapping.w_avg'],
  [/^labels\//, 'mapping.'],
  [/embedding\//, 'embed.'],
  [/b4\/dense\b/, 'b4.fc'],
  [/b4\/logits\//, 'b4.out.'],
  [/dense(\d+)/, 'fc$1'],
  [/constant$/, 'const'],
  [/kernel$/, 'weight'],
]

/**
 * Where a weight of a `stylegan2` lies in a network of the authors (`training/networks.py` of stylegan2-ada-pytorch), by its name in a
 * generator or a discriminator.
 *
 * @param weight such as `synthesis/b8/conv0/style/kernel`, which is `synthesis.b8.conv0.affine.weight` there
 */
export function authorsWeight(player: 'generator' | 'discriminator', weight: string): AuthorsWeight {
  const colours = player === 'generator' ? 'torgb' : 'fromrgb'
  const renamed = parts.reduce((own, [ours, theirs]) => own.replace(ours, theirs), weight.replace('colours', colours))
  return { name: renamed.replaceAll('/', '.'), kind: kindOf(player, weight) }
}

function kindOf(player: 'generator' | 'discriminator', weight: string): AuthorsWeight['kind'] {
  if (weight.endsWith('/constant')) return 'map'
  if (!weight.endsWith('/kernel')) return 'same'
  if (weight.endsWith('/style/kernel') || /^(mapping|labels)\//.test(weight)) return 'dense'
  if (player === 'generator' || !/b4\/(dense|logits)\//.test(weight)) return 'convolution'
  return weight.includes('logits') ? 'dense' : 'flat-map'
}
