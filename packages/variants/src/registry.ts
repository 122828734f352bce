import { findNamed } from '@gantry/core'
import { acgan } from './acgan/acgan.ts'
import { cgan } from './cgan/cgan.ts'
import { cyclegan } from './cyclegan/cyclegan.ts'
import { dcgan } from './dcgan/dcgan.ts'
import { dragan } from './dragan/dragan.ts'
import { esrgan } from './esrgan/esrgan.ts'
import { fAnogan } from './f-anogan/f-anogan.ts'
import { infogan } from './infogan/infogan.ts'
import { lsgan } from './lsgan/lsgan.ts'
import { pix2pix } from './pix2pix/pix2pix.ts'
import { progan } from './progan/progan.ts'
import { ragan } from './ragan/ragan.ts'
import { sngan } from './sngan/sngan.ts'
import { srgan } from './srgan/srgan.ts'
import { stylegan } from './stylegan/stylegan.ts'
import { stylegan2 } from './stylegan2/stylegan2.ts'
import { vae } from './vae/vae.ts'
import { vaeGan } from './vae-gan/vae-gan.ts'
import { vanilla } from './vanilla/vanilla.ts'
import type { VariantDefinition } from './variant-definition.ts'
import { wgan } from './wgan/wgan.ts'
import { wganGp } from './wgan-gp/wgan-gp.ts'

/** Every variant, in the order in which lists show them. */
export const variants: readonly VariantDefinition[] = [
  vanilla,
  dcgan,
  lsgan,
  wgan,
  wganGp,
  sngan,
  dragan,
  ragan,
  cgan,
  acgan,
  infogan,
  vae,
  vaeGan,
  fAnogan,
  pix2pix,
  cyclegan,
  srgan,
  esrgan,
  stylegan,
  stylegan2,
  progan,
] as unknown as readonly VariantDefinition[]

/** @throws ConfigurationError `VARIANT_UNKNOWN`, with the nearest name. */
export function findVariant(name: string): VariantDefinition {
  return findNamed(variants, name, { code: 'VARIANT_UNKNOWN', message: `There is no variant '${name}'.` })
}
