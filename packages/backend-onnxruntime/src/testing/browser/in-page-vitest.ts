import { ASYMMETRIC_MATCHERS_OBJECT, chai, JestAsymmetricMatchers, JestChaiExpect } from '@vitest/expect'

// What a conformance kit uses of Vitest, for pages: the bundle has this module in Vitest's place.

chai.use(JestChaiExpect)
chai.use(JestAsymmetricMatchers)

export const expect = Object.assign(
  (value: unknown, message?: string) => chai.expect(value, message),
  chai.expect,
  (globalThis as unknown as Record<symbol, object>)[ASYMMETRIC_MATCHERS_OBJECT],
)

type Run = () => unknown

/** A test that has not run yet; without `run` it is skipped. */
interface DefinedTest {
  readonly name: string
  readonly run?: Run
}

/** What became of a test. */
export interface PageTest {
  readonly name: string
  readonly outcome: 'passed' | 'skipped' | { readonly error: string }
}

const tests: DefinedTest[] = []
const titles: string[] = []
const nameOf = (name: string) => [...titles, name].join(' ')

export function describe(title: string, define: () => void): void {
  titles.push(title)
  define()
  titles.pop()
}

export const test = Object.assign((name: string, run: Run) => void tests.push({ name: nameOf(name), run }), {
  skip: (name: string) => void tests.push({ name: nameOf(name) }),
})

const TIME_LIMIT_MILLISECONDS = 60_000

/** Runs the tests that were defined, one after the other: those whose names contain a text. */
export async function runTests(part = ''): Promise<readonly PageTest[]> {
  const results: PageTest[] = []
  for (const { name, run } of tests) {
    if (name.includes(part)) results.push({ name, outcome: await outcomeOf(run) })
  }
  return results
}

async function outcomeOf(run: Run | undefined): Promise<PageTest['outcome']> {
  if (run === undefined) return 'skipped'
  let limit: ReturnType<typeof setTimeout> | undefined
  const isLate = new Promise((_, reject) => {
    limit = setTimeout(
      () => reject(new Error(`It takes longer than ${TIME_LIMIT_MILLISECONDS} ms.`)),
      TIME_LIMIT_MILLISECONDS,
    )
  })
  try {
    await Promise.race([run(), isLate])
    return 'passed'
  } catch (error) {
    return { error: (error as Error).stack ?? String(error) }
  } finally {
    clearTimeout(limit)
  }
}
