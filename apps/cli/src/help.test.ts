import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { gantry, gantryJson, gantryProcess } from './testing/gantry.ts'

const here = import.meta.dirname

describe('gantry', () => {
  it('shows every command', async () => {
    const { code, stdout, stderr } = await gantryProcess(['--help'], here)
    expect([code, stderr]).toEqual([0, ''])
    const names = [
      'train',
      'sample',
      'walk',
      'mix',
      'directions',
      'project',
      'augment',
      'export',
      'export-tfjs',
      'import',
      'evaluate',
      'stats',
      'weights',
      'inspect',
      'list',
      'report',
      'serve',
      'doctor',
    ]
    for (const name of names) expect(stdout).toContain(`  ${name} `)
  })

  it.each([
    [['evaluate'], ['data', 'metrics', 'count', 'extractor', 'layer', 'size', 'seed', 'resamples', 'compare', 'out']],
    [['evaluate'], ['channels', 'image-column', 'label-column', 'neighbours', 'describe']],
    [['score'], ['size', 'channels', 'image-column', 'label-column', 'neighbours']],
    [['sample'], ['count', 'seed', 'label', 'input', 'set', 'describe', 'out']],
    [['serve'], ['port', 'host', 'api-key', 'force', 'workers', 'device', 'describe']],
    [['export'], ['out', 'weights', 'function', 'format', 'storage']],
    [['stats'], ['out', 'count', 'extractor', 'layer', 'size', 'channels', 'image-column', 'label-column']],
    [
      ['weights', 'fetch'],
      ['url', 'sha256'],
    ],
  ])('shows the options of %j', async (command, options) => {
    const { code, stdout } = await gantry([...command, '--help'], here)
    expect(code).toBe(0)
    for (const option of [...options, 'json', 'debug']) expect(stdout).toContain(`--${option}`)
  })

  it('shows the options of a command', async () => {
    const { code, stdout } = await gantry(['train', '--help'], here)
    expect(code).toBe(0)
    const options = [
      'data',
      'out',
      'steps',
      'batch-size',
      'size',
      'channels',
      'image-column',
      'label-column',
      'bind',
      'seed',
      'init-from',
      'engine',
      'device',
      'config',
      'set',
      'resume',
      'json',
    ]
    for (const option of options) expect(stdout).toContain(`--${option}`)
  })

  it('says its version', async () => {
    const { version } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'))
    expect((await gantryProcess(['--version'], here)).stdout).toBe(`${version}\n`)
  })

  // What is slow to load is loaded by commands only. (No test asserts a time.)
  it('loads neither TF.js nor ONNX Runtime to show its help', async () => {
    const imports = await Promise.all(
      ['main.ts', 'program.ts', 'report-failure.ts', 'output.ts', 'style.ts'].map((name) =>
        readFile(new URL(name, import.meta.url), 'utf8'),
      ),
    )
    const modules = imports.flatMap((text) => [...text.matchAll(/^(?:import|export) .*from '([^'.][^']*)'/gm)])
    expect(new Set(modules.map(([, name]) => name))).toEqual(new Set(['commander', 'node:fs', '@gantry/core']))
  })

  it.each([
    [[], "no command. Try 'gantry --help'."],
    [['trian'], 'Did you mean train?'],
    [['train'], "missing required argument 'variant'"],
    [['train', 'vanilla', '--stepz', '5'], 'Did you mean --steps?'],
    [['train', 'vanilla', '--steps', 'many'], 'It is not a whole number'],
    [['list', 'variant'], "Did you mean 'variants'?"],
    [['stats', 'mnist'], "required option '--out <file>' not specified"],
    [['weights', 'add', 'inception-fid'], "missing required argument 'file'"],
  ])('ends with 2 for the usage error %j', async (args, message) => {
    const { code, stdout, stderr } = await gantryProcess(args, here)
    expect(stderr).toContain(message)
    expect(stderr).not.toMatch(/^\s+at /m)
    expect([code, stdout]).toEqual([2, ''])
  })

  it('reports errors as JSON too', async () => {
    const { code, result } = await gantryJson(['train', 'vanila', '--data', 'ring8'], here)
    expect(code).toBe(2)
    expect(result).toEqual({
      error: { code: 'VARIANT_UNKNOWN', message: "There is no variant 'vanila'. Did you mean 'vanilla'?" },
    })
    expect((await gantryJson(['train', '--stepz'], here)).result.error.code).toBe('USAGE')
  })

  it('shows stack traces with --debug only', async () => {
    const plain = await gantry(['inspect', 'nothing'], here)
    expect(plain.stderr).toMatch(/^error: [^\n]+\n$/)
    expect((await gantry(['inspect', 'nothing', '--debug'], here)).stderr).toMatch(/\n +at /)
  })

  it.each(['variants', 'datasets', 'metrics', 'engines'])('lists %s', async (what) => {
    const { code, result } = await gantryJson(['list', what], here)
    expect(code).toBe(0)
    expect(result[what].length).toBeGreaterThan(1)
    expect((await gantry(['list', what], here)).stdout).toContain(result[what][0].name)
  })

  it('lists variants with a JSON Schema of their options, and what they need', async () => {
    const { result } = await gantryJson(['list', 'variants'], here)
    const cgan = result.variants.find(({ name }: { name: string }) => name === 'cgan')
    expect(cgan).toMatchObject({
      needs: { samples: { modalities: ['image', 'points'] }, labels: { modalities: ['label'] } },
      presets: expect.arrayContaining([expect.objectContaining({ name: 'demo', data: 'mnist' })]),
      schema: {
        type: 'object',
        additionalProperties: false,
        properties: { learningRate: { type: 'number', exclusiveMinimum: 0, default: 2e-4 } },
      },
    })
    expect(cgan.schema.required).toBeUndefined()
    for (const { name, schema } of result.variants)
      for (const [option, { description }] of Object.entries<{ description?: string }>(schema.properties))
        expect(description, `${name} ${option}`).toBeTruthy()
  })

  it('lists variants at a glance, presets first, and everything about one', async () => {
    const { stdout } = await gantry(['list', 'variants'], here)
    const lines = stdout.split('\n')
    expect(lines[0]).toMatch(/--preset NAME .*points.*demo/)
    expect(lines.length).toBeLessThan(30)
    expect(lines.find((line) => line.startsWith('  cgan'))).toMatch(/Mirza.*demo: mnist/)
    const { stdout: one } = await gantry(['list', 'variants', 'cgan'], here)
    expect(one).toMatch(/^cgan: CGAN, .*\n {2}--preset .*--data mnist .*\n {6}steps=\d+ .*generatorWidth=\d+/m)
    expect(one).toMatch(/^ {2}learningRate +0\.0002 /m)
    expect(one).not.toContain('\nsngan')
  })

  it.each([
    [['variants', 'cgn'], "There is no variant 'cgn'. Did you mean 'cgan'?"],
    [['datasets', 'mnist'], "gantry list datasets takes no name, but 'mnist' is given."],
  ])('refuses to list %j', async (args, message) => {
    const { code, stderr } = await gantry(['list', ...args], here)
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)])
  })

  it('checks the machine', async () => {
    const { code, result } = await gantryJson(['doctor'], here)
    expect(code).toBe(0)
    expect(result).toMatchObject({ node: process.versions.node, writable: true })
    expect(result.engines).toContainEqual(
      expect.objectContaining({ name: 'onnxruntime', device: 'cpu', available: true }),
    )
  })
})
