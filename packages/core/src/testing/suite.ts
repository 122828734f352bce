import { describe, test } from 'vitest'
import { ConfigurationError } from '../errors.ts'
import { suggestion } from '../nearest.ts'

/** Tests that an implementation does not pass, and why. They are shown in the feature table. */
export interface Skip {
  readonly reason: string
  readonly tests: readonly string[]
}

/**
 * Defines the tests of a conformance kit.
 *
 * @throws ConfigurationError `CONFORMANCE_TEST_UNKNOWN` for a skip that names no test: it would hide nothing, or a renamed one.
 */
export function describeSuite(
  title: string,
  tests: Readonly<Record<string, () => Promise<void>>>,
  skips: readonly Skip[],
): void {
  const reasons = new Map(skips.flatMap(({ reason, tests }) => tests.map((name) => [name, reason] as const)))
  for (const name of reasons.keys()) {
    if (name in tests) continue
    throw new ConfigurationError({
      code: 'CONFORMANCE_TEST_UNKNOWN',
      message: `${title} skips '${name}', but the kit has no such test.`,
      fix: suggestion(name, Object.keys(tests)),
    })
  }
  describe(title, () => {
    for (const [name, run] of Object.entries(tests)) {
      const reason = reasons.get(name)
      if (reason === undefined) test(name, run)
      else test.skip(`${name} (${reason})`, run)
    }
  })
}
