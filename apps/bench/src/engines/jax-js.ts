import { readFileSync } from 'node:fs'
import { defaultDevice, init, type JsTree, jit, lax, nn, numpy as np, tree, vjp } from '@jax-js/jax'
import { glorotLimit, LATENT_SIZE, LEARNING_RATE, sharedNumbers } from '../cases/tutorial.ts'
import { type Engine, serveEngine } from '../serve-engine.ts'

// jax-js counts references: a function consumes its arguments, and `.ref` keeps one for another use.

type Parameters = Record<string, np.Array>
interface State {
  readonly generator: Parameters
  readonly discriminator: Parameters
}

/** A kernel in TensorFlow's order of axes, turned into jax-js's (out, in, height, width). */
function kernel(shape: readonly [number, number, number, number]): np.Array {
  const [height, width, inputs, outputs] = shape
  const limit = glorotLimit(height * width * inputs, height * width * outputs)
  return np
    .array(sharedNumbers(height * width * inputs * outputs, limit))
    .reshape([...shape])
    .transpose([3, 2, 0, 1])
}

function matrix(inputs: number, outputs: number): np.Array {
  return np.array(sharedNumbers(inputs * outputs, glorotLimit(inputs, outputs))).reshape([inputs, outputs])
}

function initialState(): State {
  const normalization = (name: string, size: number): Parameters => ({
    [`${name}Scale`]: np.ones([size]),
    [`${name}Offset`]: np.zeros([size]),
  })
  return {
    generator: {
      dense: matrix(LATENT_SIZE, 7 * 7 * 256),
      ...normalization('norm0', 7 * 7 * 256),
      up1: kernel([5, 5, 128, 256]),
      ...normalization('norm1', 128),
      up2: kernel([5, 5, 64, 128]),
      ...normalization('norm2', 64),
      up3: kernel([5, 5, 1, 64]),
    },
    discriminator: {
      down1: kernel([5, 5, 1, 64]),
      bias1: np.zeros([64]),
      down2: kernel([5, 5, 64, 128]),
      bias2: np.zeros([128]),
      dense: matrix(7 * 7 * 128, 1),
      bias3: np.zeros([1]),
    },
  }
}

const leakyRelu = (x: np.Array) => nn.leakyRelu(x, 0.3)

/** Batch norm by the batch's own statistics over `axes`; scale and offset have the shape `shape`. */
function batchNorm(x: np.Array, parameters: Parameters, name: string, axes: number[], shape: number[]): np.Array {
  const centred = x.ref.sub(np.mean(x, axes, { keepdims: true }))
  const variance = np.mean(np.square(centred.ref), axes, { keepdims: true })
  const normalized = centred.div(np.sqrt(variance.add(1e-3)))
  return normalized.mul(parameters[`${name}Scale`]!.reshape(shape)).add(parameters[`${name}Offset`]!.reshape(shape))
}

function generate(parameters: Parameters, latents: np.Array): np.Array {
  const transpose = (x: np.Array, name: string, stride: number) =>
    lax.convTranspose(x, parameters[name]!, [stride, stride], 'SAME', { transposeKernel: true })
  let x = np.matmul(latents, parameters.dense!)
  x = leakyRelu(batchNorm(x, parameters, 'norm0', [0], [1, -1]))
  x = x.reshape([-1, 7, 7, 256]).transpose([0, 3, 1, 2])
  x = leakyRelu(batchNorm(transpose(x, 'up1', 1), parameters, 'norm1', [0, 2, 3], [1, -1, 1, 1]))
  x = leakyRelu(batchNorm(transpose(x, 'up2', 2), parameters, 'norm2', [0, 2, 3], [1, -1, 1, 1]))
  return np.tanh(transpose(x, 'up3', 2))
}

function discriminate(parameters: Parameters, images: np.Array): np.Array {
  let x = lax.conv(images, parameters.down1!, [2, 2], 'SAME').add(parameters.bias1!.reshape([1, -1, 1, 1]))
  x = lax.conv(leakyRelu(x), parameters.down2!, [2, 2], 'SAME').add(parameters.bias2!.reshape([1, -1, 1, 1]))
  x = leakyRelu(x)
    .transpose([0, 2, 3, 1])
    .reshape([-1, 7 * 7 * 128])
  return np.matmul(x, parameters.dense!).add(parameters.bias3!)
}

/** Both losses, from one forward pass of each network. */
function losses(generator: Parameters, discriminator: Parameters, images: np.Array, latents: np.Array): np.Array[] {
  const real = discriminate(tree.ref(discriminator), images)
  const generated = discriminate(discriminator, generate(generator, latents))
  const negated = np.negative(generated.ref)
  return [np.mean(nn.softplus(np.negative(real))).add(np.mean(nn.softplus(generated))), np.mean(nn.softplus(negated))]
}

interface Adam {
  readonly first: State
  readonly second: State
}

const zip = (left: State, right: State, combine: (left: np.Array, right: np.Array) => np.Array): State =>
  Object.fromEntries(
    (['generator', 'discriminator'] as const).map((network) => [
      network,
      Object.fromEntries(
        Object.entries(left[network]).map(([name, value]) => [name, combine(value, right[network][name]!)]),
      ),
    ]),
  ) as unknown as State

/** One step: new weights, new Adam moments, losses. `rate` is Adam's step size with its bias corrections. */
function train(state: State, adam: Adam, rate: np.Array, images: np.Array, latents: np.Array): JsTree<np.Array> {
  const [values, pullBack] = vjp(losses, [tree.ref(state.generator), tree.ref(state.discriminator), images, latents])
  const [ofGenerator, unused1, unused2, unused3] = pullBack([
    np.zeros([]),
    np.ones([]),
  ]) as unknown as JsTree<np.Array>[]
  const [unused4, ofDiscriminator, unused5, unused6] = pullBack([
    np.ones([]),
    np.zeros([]),
  ]) as unknown as JsTree<np.Array>[]
  pullBack.dispose()
  tree.dispose([unused1, unused2, unused3, unused4, unused5, unused6] as JsTree<np.Array>)
  const gradients = { generator: ofGenerator, discriminator: ofDiscriminator } as unknown as State
  const first = zip(adam.first, tree.ref(gradients) as State, (old, gradient) => old.mul(0.9).add(gradient.mul(0.1)))
  const second = zip(adam.second, gradients, (old, gradient) => old.mul(0.999).add(np.square(gradient).mul(0.001)))
  const directions = zip(tree.ref(first) as State, tree.ref(second) as State, (mean, square) =>
    mean.div(np.sqrt(square).add(1e-7)),
  )
  const updated = zip(state, directions, (weight, direction) => weight.sub(direction.mul(rate.ref)))
  rate.dispose()
  return [updated, { first, second }, values] as unknown as JsTree<np.Array>
}

async function start(batchSize: number): Promise<Engine> {
  await init('wasm')
  defaultDevice('wasm')
  // The package exports no package.json: it lies beside the folder of its entry.
  const manifest = new URL('../package.json', import.meta.resolve('@jax-js/jax'))
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }
  const step = jit(train as never) as unknown as (...inputs: unknown[]) => [State, Adam, np.Array[]]
  let state = initialState()
  const zeros = () => tree.map((weight: np.Array) => np.zerosLike(weight), tree.ref(state) as never) as unknown as State
  let adam: Adam = { first: zeros(), second: zeros() }
  let count = 0
  return {
    version,
    note: 'wasm',
    async step() {
      count++
      const rate = (LEARNING_RATE * Math.sqrt(1 - 0.999 ** count)) / (1 - 0.9 ** count)
      const images = np.array(sharedNumbers(batchSize * 28 * 28, 1)).reshape([batchSize, 1, 28, 28])
      const latents = np.array(sharedNumbers(batchSize * LATENT_SIZE, Math.sqrt(3))).reshape([batchSize, LATENT_SIZE])
      const [updated, moments, values] = step(state, adam, np.array(rate), images, latents)
      state = updated
      adam = moments
      return Promise.all(values.map(async (value) => (await value.data())[0]!))
    },
  }
}

await serveEngine(() => start(Number(process.argv[2])))
