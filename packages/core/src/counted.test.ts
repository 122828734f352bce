import { expect, it } from 'vitest'
import { counted } from './counted.ts'

it('says one of a thing otherwise than many or none of it', () => {
  expect([0, 1, 2].map((count) => counted(count, 'image'))).toEqual(['0 images', '1 image', '2 images'])
  expect([1, 2].map((count) => counted(count, 'class', 'classes'))).toEqual(['1 class', '2 classes'])
})
