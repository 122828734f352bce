import { describe, expect, test } from 'vitest'
import frechet from './goldens/frechet.json' with { type: 'json' }
import probe from './goldens/hash-probe.json' with { type: 'json' }
import inceptionScore from './goldens/inception-score.json' with { type: 'json' }
import kid from './goldens/kid.json' with { type: 'json' }
import prdc from './goldens/prdc.json' with { type: 'json' }
import {
  type FeatureRecipe,
  gaussianAt,
  hashAt,
  mix,
  proceduralFeatures,
  proceduralImages,
  shortHash,
  uniformAt,
} from './procedural.ts'

const indices = [0, 1, 2, 3]

const recorded: { name: string; recipe: FeatureRecipe; sha: string }[] = [
  ...frechet.features.flatMap(({ name, set1, set2, inputProbe }) => [
    { name: `frechet ${name} 1`, recipe: set1, sha: inputProbe.x1_sha },
    { name: `frechet ${name} 2`, recipe: set2, sha: inputProbe.x2_sha },
  ]),
  ...kid.flatMap(({ name, set1, set2, inputProbe }) => [
    { name: `kid ${name} 1`, recipe: set1, sha: inputProbe.x1_sha },
    { name: `kid ${name} 2`, recipe: set2, sha: inputProbe.x2_sha },
  ]),
  ...prdc.flatMap(({ name, real, fake, inputProbe }) => [
    { name: `prdc ${name} real`, recipe: real, sha: inputProbe.real_sha },
    { name: `prdc ${name} fake`, recipe: fake, sha: inputProbe.fake_sha },
  ]),
]

describe('procedural inputs are those of the reference runs', () => {
  test('the hash', () => {
    expect(mix(1)).toBe(probe.mix_1)
    expect(indices.map((index) => hashAt(7, index))).toEqual(probe.h_7_0to3)
    expect(indices.map((index) => gaussianAt(7, index))).toEqual(probe.g_7_0to3)
    expect(indices.map((index) => uniformAt(7, index))).toEqual(probe.U_7_0to3)
  })

  test.each(recorded)('$name', ({ recipe, sha }) => {
    expect(shortHash(proceduralFeatures(recipe).data)).toBe(sha)
  })

  test.each(inceptionScore)('logits $name', ({ input: { seed, N, C, scale }, inputProbe }) => {
    const logits = Float64Array.from({ length: N * C }, (_, index) => scale * gaussianAt(seed, index) || 0)
    expect(shortHash(logits)).toBe(inputProbe.sha)
  })

  test('images', () => {
    expect(shortHash(proceduralImages({ seed: 91, N: 4, H: 64, W: 64, C: 3, smooth: true }).data)).toBe(
      '215b0f48832eeee4',
    )
    expect(shortHash(proceduralImages({ seed: 83, N: 1, H: 24, W: 40, C: 3 }).data)).toBe('25a5093e1101253e')
  })
})
