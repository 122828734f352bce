import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { resolveConfig, settingsFromAssignments } from '@gantry/runs'
import { findVariant, variants } from '@gantry/variants'
import type { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { createProgram } from './program.ts'

const root = join(import.meta.dirname, '../../..')

/** The commands of a page: lines of its shell blocks, without what is said about them. */
function commandsOf(page: string): string[] {
  const blocks = [...page.matchAll(/^```(?:sh|bash|console)\n([\s\S]*?)^```/gm)].map(([, block]) => block!)
  const lines = blocks.flatMap((block) => block.replaceAll(/\\\n\s*/g, ' ').split(/\n|&&/))
  return lines.map((line) => line.replace(/\s#.*$/, '').trim())
}

/** The words of a line, as a shell gives them. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/(?:[^\s'"]+|'[^']*'|"[^"]*")+/g)].map(([word]) => word.replaceAll(/['"]/g, ''))
}

/** A program that parses all, and does nothing. */
function parsing(): Command {
  const program = createProgram()
  const each = (command: Command): void => {
    if (command.commands.length === 0) command.action(() => {})
    for (const own of command.commands) each(own)
  }
  each(program)
  return program
}

const readmes = ['packages', 'apps', 'examples'].flatMap((folder) =>
  readdirSync(join(root, folder)).map((name) => `${folder}/${name}/README.md`),
)
const pages = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.md') && !path.startsWith('decisions'))
  .map((path) => `docs/${path}`)
  .concat('README.md', readmes)
  .filter((path) => existsSync(join(root, path)))

const documented = pages.flatMap((path) =>
  commandsOf(readFileSync(join(root, path), 'utf8'))
    .filter((line) => /^(npx )?gantry /.test(line) && !/[…[<|>]/.test(line))
    .map((line): [string, string] => [path, line]),
)

describe('what the pages tell to type', () => {
  it('are many commands', () => expect(documented.length).toBeGreaterThan(60))

  it.each(documented)('%s: %s', async (_, line) => {
    const [first, ...words] = wordsOf(line)
    await expect(
      parsing().parseAsync(first === 'npx' ? words.slice(1) : words, { from: 'user' }),
    ).resolves.toBeDefined()
  })
})

/** What stands behind every `--set` of a line. */
function assignmentsOf(line: string): string[] {
  const words = wordsOf(line)
  return words.filter((word, place) => {
    const option = words.slice(0, place).findLast((each) => each.startsWith('--'))
    return option === '--set' && word.includes('=')
  })
}

/** Lines with settings, and the variant that they are of: the one that is trained, or the one that a page is about. */
const set = pages.flatMap((path) => {
  const page = readFileSync(join(root, path), 'utf8')
  const [, own] = /^docs\/variants\/(.+)\.md$/.exec(path) ?? []
  const spans = [...page.matchAll(/`([^`\n]+)`/g)].map(([, span]) => span!)
  return [...spans, ...commandsOf(page)].flatMap((line): [string, string, string][] => {
    const [, name = own] = /gantry train (\S+)/.exec(line) ?? []
    const isOfTraining = line.includes('--set ') && !line.includes('…') && !/gantry (?!train )/.test(line)
    return isOfTraining && variants.some((variant) => variant.name === name) ? [[path, line, name!]] : []
  })
})

describe('what the pages tell to set', () => {
  it('are many settings', () => expect(set.length).toBeGreaterThan(5))

  it.each(set)('%s: %s', (_, line, name) => {
    const variant = findVariant(name)
    const { run, options } = settingsFromAssignments(assignmentsOf(line), variant)
    expect(() => resolveConfig(variant, { run: { data: 'mnist', ...run }, options })).not.toThrow()
  })
})
