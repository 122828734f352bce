import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { encodeSafetensors, type NDArray, ndarray, type State } from '@gantry/core'
import { readNetworkPickle } from '@gantry/metrics'
import { planOfAuthors } from '@gantry/variants'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadGenerator } from '../generators/load-generator.ts'
import { openCheckpoint } from '../open-checkpoint.ts'
import { RunFolder } from '../run-folder.ts'
import { writeImages } from '../testing/images.ts'
import { importNetworks } from './import-networks.ts'
import { authorsFile } from './read-authors-file.ts'

// Networks with random weights, pickled and run by the authors' own code: see write-fixtures.py beside them.
const fixtures = new URL('../testing/fixtures/stylegan2-ada/', import.meta.url)

type Numbers = { readonly shape: readonly number[]; readonly values: readonly number[] }
type Expected = Readonly<Record<'latent' | 'samples' | 'w' | 'logits', Numbers>> & {
  readonly labels: readonly number[]
}

const pickled = async (name: string) => new Uint8Array(gunzipSync(await readFile(new URL(`${name}.pkl.gz`, fixtures))))
const expectedOf = async (name: string): Promise<Expected> =>
  JSON.parse(await readFile(new URL(`${name}.json`, fixtures), 'utf8'))

let root: string
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'gantry-import-'))
  for (const name of ['plain', 'labelled']) await writeFile(join(root, `${name}.pkl`), await pickled(name))
})
afterAll(() => rm(root, { recursive: true }))

const imported = (file: string, out: string, onProgress?: (done: number, total: number) => void) =>
  importNetworks({
    variant: 'stylegan2',
    file: join(root, file),
    out: join(root, out),
    ...(onProgress && { onProgress }),
  })

function expectClose(actual: NDArray, { shape, values }: Numbers): void {
  expect(actual.shape).toEqual(shape)
  const errors = values.map((value, index) => Math.abs(Number(actual.data[index]) - value))
  expect(Math.max(...errors)).toBeLessThan(1e-5)
}

const filled = (count: number, value: number) => ndarray('float32', [count], new Float32Array(count).fill(value))
const floats = ({ shape, values }: Numbers) => ndarray('float32', shape, Float32Array.from(values))

/** Inputs of the exported generator: the authors' noise and labels, no noise in the layers, and their ψ. */
const inputsOf = ({ latent, labels }: Expected, conditional: boolean) => ({
  latent: floats(latent),
  ...(conditional && { labels: ndarray('int32', [labels.length], Int32Array.from(labels)) }),
})

async function evaluated(path: string, inputs: Readonly<Record<string, NDArray>>) {
  const generator = await loadGenerator(path)
  try {
    const { inputs: ports } = generator.manifest
    const drawn = Object.keys(ports).filter((name) => ports[name]!.modality === 'noise')
    expect(Object.keys(inputs).every((name) => Object.hasOwn(ports, name))).toBe(true)
    const count = inputs.latent!.shape[0]!
    const noise = Object.fromEntries(
      drawn.map((name) => {
        const shape = [count, ...(ports[name]!.shape as number[])]
        return [name, ndarray('float32', shape)]
      }),
    )
    return await generator.evaluate({ ...noise, ...inputs }, () => {
      throw new Error('Nothing is drawn.')
    })
  } finally {
    await generator.dispose()
  }
}

describe('networks of stylegan2-ada-pytorch', () => {
  it.each([
    {
      name: 'plain',
      shape: [16, 16, 3],
      options: { generatorArchitecture: 'skip', discriminatorArchitecture: 'residual', minibatchStandardDeviation: 2 },
    },
    {
      name: 'labelled',
      shape: [8, 8, 1],
      classes: 3,
      options: { generatorArchitecture: 'residual', discriminatorArchitecture: 'skip', activationClamp: 0.8 },
    },
  ])('$name: pictures and styles are those that the authors’ code makes', async ({ name, shape, classes, options }) => {
    const expected = await expectedOf(name)
    const told: (readonly [number, number])[] = []
    const run = await imported(`${name}.pkl`, name, (done, total) => told.push([done, total]))
    expect(told).toEqual([1, 2, 3, 4].map((done) => [done, 4]))
    expect(run).toMatchObject({
      shape,
      options,
      judges: true,
      notes: [expect.stringMatching(/noise/), ...(classes ? [expect.stringMatching(/half precision/)] : [])],
    })
    expect(run.classes).toBe(classes)
    const inputs = inputsOf(expected, classes !== undefined)
    const count = expected.labels.length
    const { samples } = await evaluated(run.folder.path, {
      ...inputs,
      ...{ truncation: filled(count, 0.7), noise: filled(count, 0) },
    })
    expectClose(samples!, expected.samples)
    const { w } = await evaluated(join(run.folder.path, 'mapping.onnx'), { ...inputs, truncation: filled(count, 1) })
    expectClose(w!, expected.w)
  })

  it('leave a run that is opened like any other, with the discriminator and both generators', async () => {
    const folder = await RunFolder.open(join(root, 'labelled'))
    expect(folder.data).toMatchObject({ name: 'labelled', fields: { label: { names: ['0', '1', '2'] } } })
    const { networks } = readNetworkPickle(await pickled('labelled'))
    const opened = await openCheckpoint(folder)
    try {
      const strength = 'synthesis/b8/conv1/noise/strength'
      for (const [ours, theirs] of [
        ['generator', 'G'],
        ['generatorEma', 'G_ema'],
      ] as const) {
        const { data } = networks.get(theirs)!.tensors.get('synthesis.b8.conv1.noise_strength')!
        expect(opened.state[`${ours}/${strength}`]!.data).toEqual(data)
      }
      const { samples, labels, logits } = await expectedOf('labelled')
      const given = { samples: floats(samples), labels: ndarray('int32', [labels.length], Int32Array.from(labels)) }
      const judged = await opened.session.evaluate('discriminate', given, () => {
        throw new Error('Nothing is drawn.')
      })
      expectClose(judged.logits!, { shape: [labels.length], values: logits.values })
    } finally {
      await opened.dispose()
    }
  })
})

describe('what layers keep beside their weights', () => {
  type Own = { tensors: Map<string, NDArray>; attributes: Map<string, number | string | null> }
  const planWith = async (change: (generator: Own, discriminator: Own) => void) => {
    const { average, discriminator } = authorsFile(await pickled('labelled')).networks
    change(average as Own, discriminator as Own)
    return planOfAuthors({ average, discriminator })
  }

  it('decides', async () => {
    const plan = await planWith(({ attributes }) => {
      for (const layer of ['fc0', 'fc1']) attributes.set(`mapping.${layer}.bias_gain`, 0.5)
      attributes.set('mapping.w_avg_beta', 1)
    })
    expect(plan.options).toMatchObject({ mappingLearningRateMultiplier: 0.5, styleAverageDecay: 0.995 })
    expect([plan.judges, plan.notes.at(-1)]).toEqual([
      false,
      expect.stringMatching(/its mapping learns at another rate/),
    ])
    const refused = planWith(({ attributes }) => attributes.set('mapping.fc1.activation', 'relu'))
    await expect(refused).rejects.toMatchObject({
      code: 'NETWORK_UNSUPPORTED',
      message: expect.stringContaining("mapping.fc1.activation is 'relu', ours is 'lrelu'"),
    })
    const mixed = planWith(({ attributes }) => attributes.set('synthesis.b8.conv0.conv_clamp', 3))
    await expect(mixed).rejects.toThrow(/conv_clamp and its like are 0.8, 3, not one number/)
  })

  it.each<[string, (own: Own) => void]>([
    [
      'its maps are clamped at 0',
      ({ attributes }) => {
        for (const name of attributes.keys()) if (name.endsWith('conv_clamp')) attributes.set(name, null)
      },
    ],
    ['its labels are mapped by 1 layers', ({ tensors }) => tensors.delete('mapping.fc1.weight')],
    ['it knows 0 classes, the generator 3', ({ tensors }) => tensors.delete('mapping.embed.weight')],
    ['images of another size', ({ tensors }) => tensors.set('b16.conv0.weight', tensors.get('b8.conv0.weight')!)],
    [
      'large maps have other channels',
      ({ tensors }) => tensors.set('b8.conv0.weight', ndarray('float32', [3, 3, 3, 3])),
    ],
    ['it sees 2 spreads', ({ tensors }) => tensors.set('b4.conv.weight', ndarray('float32', [5, 7, 3, 3]))],
  ])('leaves out a discriminator that is none of ours: %s', async (why, change) => {
    const { judges, notes } = await planWith((_, discriminator) => change(discriminator))
    expect([judges, notes.at(-1)]).toEqual([false, expect.stringContaining(why)])
  })
})

describe('with data of its own', () => {
  it('is a run that goes on with them, or says why it cannot', async () => {
    await writeImages(join(root, 'pictures'), 4)
    const data = `folder:${join(root, 'pictures')}`
    const request = { variant: 'stylegan2', file: join(root, 'plain.pkl'), data }
    await expect(
      importNetworks({ ...request, dataOptions: { size: 8 }, out: join(root, 'refused') }),
    ).rejects.toMatchObject({
      code: 'DATA_MISMATCH',
      message: expect.stringMatching(/images of 16×16×3, but those of .* are 8×8×3.*--size 16 --channels 3/s),
    })
    const { folder } = await importNetworks({ ...request, dataOptions: { size: 16 }, out: join(root, 'further') })
    expect(folder.config).toMatchObject({ data, dataOptions: { size: 16 }, batchSize: 64 })
    expect(folder.data).toMatchObject({ size: 4, binding: { samples: 'image' } })
    expect(await folder.checkpoints.newest()).toMatchObject({ variant: 'stylegan2', position: { step: 0 } })
  })
})

describe('weights alone', () => {
  const stateOf = async (): Promise<Record<string, NDArray>> => {
    const { networks } = readNetworkPickle(await pickled('plain'))
    return Object.fromEntries(networks.get('G_ema')!.tensors)
  }
  const saved = async (name: string, tensors: State) => {
    await writeFile(join(root, name), encodeSafetensors({ tensors, metadata: {} }))
    return name
  }

  it.each(['', 'G_ema.'])(
    'are the same network with %j before their names, and say what they cannot know',
    async (prefix) => {
      const state = await stateOf()
      const tensors = Object.fromEntries(Object.entries(state).map(([name, tensor]) => [`${prefix}${name}`, tensor]))
      const { networks } = authorsFile(encodeSafetensors({ tensors, metadata: {} }))
      expect(Object.fromEntries(networks.average.tensors)).toEqual(state)
      const { notes, judges, ...plan } = planOfAuthors(networks)
      const { discriminator: _, ...pickledToo } = authorsFile(await pickled('plain')).networks
      const { notes: __, ...same } = planOfAuthors(pickledToo)
      expect({ ...plan, judges }).toEqual(same)
      expect(notes).toEqual([expect.anything(), expect.stringMatching(/weights alone/)])
    },
  )

  it.each([
    ['a weight that is missing', 'NETWORK_INCOMPLETE', "it has no weight 'synthesis.b4.conv1.affine.weight'"],
    ['other filters', 'NETWORK_UNSUPPORTED', "'synthesis.b4.resample_filter' is not the filter [1, 3, 3, 1]"],
    ['channels without a rule', 'NETWORK_UNSUPPORTED', '4 channels at 4 px, 2 channels at 8 px, 3 channels at 16 px'],
    ['a gap between sizes', 'NETWORK_INCOMPLETE', 'its blocks are of 4, 16 pixels'],
    ['StyleGAN3', 'NETWORK_FOREIGN', 'as that of StyleGAN3 does'],
    ['another network', 'NETWORK_FOREIGN', "there is no 'synthesis.b4.const', but conv.weight"],
  ])('are refused with %s', async (what, code, message) => {
    const state = await stateOf()
    const changed: Record<string, (tensors: Record<string, NDArray>) => State> = {
      'a weight that is missing': ({ 'synthesis.b4.conv1.affine.weight': _, ...rest }) => rest,
      'other filters': (rest) => ({ ...rest, 'synthesis.b4.resample_filter': ndarray('float32', [4, 4]) }),
      'channels without a rule': (rest) => ({
        ...rest,
        'synthesis.b8.conv1.weight': ndarray('float32', [2, 2, 3, 3]),
        'synthesis.b16.conv1.weight': ndarray('float32', [3, 3, 3, 3]),
      }),
      'a gap between sizes': ({ 'synthesis.b8.conv1.weight': _, ...rest }) => rest,
      StyleGAN3: () => ({ 'synthesis.input.weight': filled(3, 0) }),
      'another network': () => ({ 'conv.weight': filled(3, 0) }),
    }
    const file = await saved('changed.safetensors', changed[what]!(state))
    await expect(imported(file, 'refused')).rejects.toMatchObject({ code, message: expect.stringContaining(message) })
    expect(await readdir(root)).not.toContain('refused')
  })
})

describe('files that are none', () => {
  const text = (value: string) => new Uint8Array(Buffer.from(value, 'latin1'))
  const malicious = (path: string) => text(`\x80\x02cposix\nsystem\n(S'touch ${path}'\ntR.`)

  it('runs nothing of a pickle that would, and says what it calls', async () => {
    const touched = join(root, 'touched')
    const call = malicious(touched)
    // Alone, and as one more entry of a whole pickle: {'payload': …} before its end.
    const whole = await pickled('plain')
    const inside = Buffer.concat([whole.subarray(0, -1), text("S'payload'\n"), call.subarray(2, -1), text('s.')])
    for (const bytes of [call, inside]) {
      await writeFile(join(root, 'malicious.pkl'), bytes)
      await expect(imported('malicious.pkl', 'refused')).rejects.toMatchObject({
        code: 'PICKLE_UNSAFE',
        message: expect.stringContaining("its pickle calls 'posix.system'"),
      })
    }
    expect(await readdir(root)).not.toContain('touched')
  })

  it.each([
    ['cut.pkl', async () => (await pickled('plain')).subarray(0, 9000), 'WEIGHTS_TRUNCATED', /incomplete/],
    ['page.pkl', async () => text('<!DOCTYPE html><html>Not found</html>'), 'WEIGHTS_INVALID', /a web page/],
    ['list.pkl', async () => text('\x80\x02](K\x01e.'), 'WEIGHTS_INVALID', /no networks by name/],
    ['dict.pkl', async () => text("\x80\x02}S'a'\nK\x01s."), 'NETWORK_FOREIGN', /no generator 'G_ema', but no network/],
    ['old.pkl', async () => text('\x80\x02cdnnlib.tflib.network\nNetwork\n.'), 'NETWORK_FOREIGN', /legacy\.py/],
  ])('%s is refused', async (name, bytes, code, message) => {
    await writeFile(join(root, name), await bytes())
    await expect(imported(name, 'refused')).rejects.toMatchObject({ code, message: expect.stringMatching(message) })
    await expect(imported(name, 'refused')).rejects.toThrow(name)
  })

  it('refuses variants that nobody has networks of, and folders that are taken', async () => {
    const request = { file: join(root, 'plain.pkl'), out: join(root, 'refused') }
    await expect(importNetworks({ ...request, variant: 'stylegan' })).rejects.toMatchObject({
      code: 'VARIANT_UNKNOWN',
      message: expect.stringContaining("Did you mean 'stylegan2'?"),
    })
    await expect(imported('plain.pkl', 'plain')).rejects.toMatchObject({ code: 'RUN_EXISTS' })
  })
})
