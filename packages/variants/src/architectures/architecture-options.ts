import { z } from 'zod'

const width = z.number().int().min(1)

/** Options of the networks, whatever they are trained for. */
export const architectureOptions = z.strictObject({
  latentSize: width.max(4096).default(100).describe('length of the noise vector z'),
  architecture: z
    .enum(['auto', 'mlp', 'dcgan', 'resnet'])
    .default('auto')
    .describe('family of both networks; auto is dcgan for images and mlp for points'),
  hiddenUnits: width.max(8192).default(128).describe('mlp: units of each hidden layer, in both networks'),
  hiddenLayers: width.max(16).default(2).describe('mlp: hidden layers, in both networks'),
  generatorWidth: width
    .max(1024)
    .default(64)
    .describe("channels before the generator's last layer; in a dcgan every layer before has twice as many"),
  discriminatorWidth: width
    .max(1024)
    .default(64)
    .describe("channels after the discriminator's first layer; in a dcgan every layer after has twice as many"),
  denseUnits: z
    .number()
    .int()
    .min(0)
    .max(8192)
    .default(0)
    .describe(
      "dcgan: units of a fully connected layer before the discriminator's logits, which sees the whole image; 0 is none",
    ),
  kernelSize: z.number().int().min(2).max(7).default(4).describe('dcgan: side of the square kernels'),
  generatorNormalization: z
    .enum(['none', 'batch', 'layer', 'instance', 'group', 'pixel'])
    .default('batch')
    .describe("normalization of the generator's inner layers"),
  discriminatorNormalization: z
    .enum(['none', 'batch', 'layer', 'instance', 'group', 'spectral'])
    .default('batch')
    .describe("normalization of the discriminator's inner layers; spectral is of the weights (Miyato et al. 2018)"),
  initializer: z
    .enum(['architecture', 'orthogonal'])
    .default('architecture')
    .describe('initial weights: as the architecture has them, or orthogonal (Saxe et al. 2014)'),
  conditioning: z
    .enum(['concatenation', 'embedding', 'projection'])
    .default('concatenation')
    .describe(
      'how networks are conditioned on the label: one-hot beside the input, through a learned embedding, or as a projection',
    ),
  dropout: z.number().min(0).lt(1).default(0).describe("share of the discriminator's inner activations set to 0"),
  layerNoise: z
    .number()
    .min(0)
    .default(0)
    .describe('standard deviation of noise added to the inner activations of both networks'),
  minibatchDiscrimination: z
    .number()
    .int()
    .min(0)
    .max(512)
    .default(0)
    .describe('kernels that compare the samples of a batch (Salimans et al. 2016, section 3.2); 0 is none'),
  minibatchStandardDeviation: z
    .number()
    .int()
    .min(0)
    .default(0)
    .describe('samples a group whose spread the discriminator sees (Karras et al. 2018, section 3); 0 is none'),
})

export type ArchitectureOptions = z.infer<typeof architectureOptions>
