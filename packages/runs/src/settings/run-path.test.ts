import { expect, it } from 'vitest'
import { newRunPath } from './run-path.ts'

it.each([
  ['ring8', 'runs/gan-ring8'],
  ['folder:/pictures/cats', 'runs/gan-cats'],
  ['few:10,folder:/pictures/cats', 'runs/gan-few-10-cats'],
  ['without:7,mnist', 'runs/gan-without-7-mnist'],
  ['unpaired:folder:/a/horses,folder:zebras', 'runs/gan-horses-zebras'],
  ['folder:/', 'runs/gan-data'],
])('a run on %s goes to %s by itself', (data, path) => {
  expect(newRunPath('gan', data)).toBe(path)
})
