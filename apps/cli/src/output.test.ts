import { afterEach, expect, it, vi } from 'vitest'
import { note, present } from './output.ts'
import { reportFailure } from './report-failure.ts'

afterEach(() => vi.restoreAllMocks())

/** What a command writes, and whether a terminal would only show it. */
function writtenBy(act: () => void): string {
  const written: string[] = []
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, 'write').mockImplementation((text) => written.push(String(text)) > 0)
  }
  act()
  return written.join('')
}

const actedOn = (text: string) => [...text].filter((character) => '\u0007\u001b\u009b\u202e'.includes(character))

// A name that clears the screen, sets the title, turns the line around and forges one of its own.
const name = 'cat\u001b[2J\u009b\u001b]0;x\u0007\u202egnp.\nerror: gone'
const shown = 'cat\\u001b[2J\\u009b\\u001b]0;x\\u0007\\u202egnp.\\nerror: gone'

it('shows names that a terminal would act on, wherever they come from', () => {
  expect(writtenBy(() => present({}, {}, [`labels ${name}`, 'two']))).toBe(`labels ${shown}\ntwo\n`)
  expect(writtenBy(() => note(`left out: ${name}`, '> '))).toBe(`> left out: ${shown}\n`)
  const failure = writtenBy(() => reportFailure(new Error(name), { json: false, debug: true }))
  expect(failure).toContain('cat\\u001b[2J\\u009b')
  expect(actedOn(failure)).toEqual([])
})

it('writes JSON that says the same', () => {
  const written = writtenBy(() => present({ json: true }, { name }, []))
  expect(actedOn(written)).toEqual([])
  expect(JSON.parse(written)).toEqual({ name })
})
