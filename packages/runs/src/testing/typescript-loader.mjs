// Lets a child process of a test run this package's TypeScript as it stands, on Node versions that cannot by themselves:
// node --conditions=source --import ./typescript-loader.mjs script.ts
import { readFile } from 'node:fs/promises'
import { register } from 'node:module'
import { isMainThread } from 'node:worker_threads'
import ts from 'typescript'

const options = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  verbatimModuleSyntax: true,
}

export async function load(url, context, nextLoad) {
  if (!url.endsWith('.ts')) return nextLoad(url, context)
  const source = ts.transpileModule(await readFile(new URL(url), 'utf8'), { compilerOptions: options }).outputText
  return { format: 'module', source, shortCircuit: true }
}

// Node runs the hooks in a thread of their own, which loads this module too.
if (isMainThread) register(import.meta.url)
