import { labelField } from '@gantry/core'
import { expect, it } from 'vitest'
import { label } from './label.ts'
import type { FileReader } from './modality.ts'

const noFiles = {} as FileReader
const parse = async (names: readonly string[], text: string) =>
  Number((await label.parse!(labelField([...names]), text, noFiles)).data[0])

it.each([
  [['cat', 'dog'], 'dog', 1],
  [['cat', 'dog'], '1', 1],
  [['cat', 'dog'], 'name:dog', 1],
  [['cat', 'dog'], 'index:0', 0],
  // Digits are called by their numbers.
  [['0', '1', '2'], '1', 1],
  // Numbers as names that are no numbers of classes.
  [['1901', '1902'], '1902', 1],
  [['2', '0', '1'], 'name:2', 0],
  [['2', '0', '1'], 'index:2', 2],
  // A class may be called so.
  [['name:a', 'a'], 'name:a', 0],
])('of the classes %j, %s is number %d', async (names, text, index) => {
  expect(await parse(names, text)).toBe(index)
})

it('refuses what could be either, and says how to ask for each', async () => {
  await expect(parse(['2', '0', '1'], '2')).rejects.toMatchObject({
    code: 'LABEL_AMBIGUOUS',
    message: "The label '2' is the name of class 0, and the number of the class '1'. Say which: name:2 or index:2.",
  })
})

it.each([
  ['name:cta', "Did you mean 'cat'?"],
  ['index:2', 'among the 2 that there are'],
  ['index:dog', "no label 'index:dog'"],
])('refuses %s', async (text, message) => {
  await expect(parse(['cat', 'dog'], text)).rejects.toThrow(message)
})

it('takes a number for a name where all names are numbers', async () => {
  await expect(parse(['0', '10', '2'], '1')).rejects.toThrow(
    "No class is called '1': they are 0, 10, 2. Name one of them, or ask for class number 1, which is '10', with index:1.",
  )
  expect(await parse(['0', '10', '2'], 'index:1')).toBe(1)
  expect(await parse(['0', 'ten', '2'], '1')).toBe(1)
})
