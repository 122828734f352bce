import { ConfigurationError, suggestion } from '@gantry/core'
import { dcgan } from './dcgan/dcgan.ts'
import { vanilla } from './vanilla/vanilla.ts'
import type { VariantDefinition } from './variant-definition.ts'

/** Every variant, in the order in which lists show them. */
export const variants: readonly VariantDefinition[] = [vanilla, dcgan] as unknown as readonly VariantDefinition[]

/** @throws ConfigurationError `VARIANT_UNKNOWN`, with the nearest name. */
export function findVariant(name: string): VariantDefinition {
  const variant = variants.find((candidate) => candidate.name === name)
  if (variant !== undefined) return variant
  throw new ConfigurationError({
    code: 'VARIANT_UNKNOWN',
    message: `There is no variant '${name}'.`,
    fix: suggestion(
      name,
      variants.map((candidate) => candidate.name),
    ),
  })
}
