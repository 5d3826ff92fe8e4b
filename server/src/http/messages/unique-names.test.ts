import { expect, it } from 'vitest'
import { uniqueNames } from './unique-names.ts'

it('names each file of a ZIP once, without folders', () => {
  expect(uniqueNames(['a.pdf', 'A.pdf', 'a.pdf', '../../etc/passwd', 'C:\\x\\b.txt', '', '.bashrc'])).toEqual([
    'a.pdf',
    'A (2).pdf',
    'a (3).pdf',
    '_-..-etc-passwd',
    'C_-x-b.txt',
    'attachment',
    '_bashrc',
  ])
})
