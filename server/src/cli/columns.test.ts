import { expect, it } from 'vitest'
import { inColumns, inFields } from './columns.ts'

it('aligns the columns of a list, without spaces at the end', () => {
  const rows = [
    ['EMAIL', 'ROLE'],
    ['ada@contoso.example', 'admin'],
    ['b@contoso.example', ''],
  ]

  expect(inColumns(rows)).toBe('EMAIL                ROLE\nada@contoso.example  admin\nb@contoso.example')
})

it('aligns fields and leaves out those without a value', () => {
  const fields = [
    ['Name', 'Support'],
    ['Backup', undefined],
    ['State', 'paused'],
  ] as const

  expect(inFields(fields)).toBe('Name   Support\nState  paused')
})

it('shows no character of a stored name that controls a terminal or hides text', () => {
  const name = 'Eve\u001B[2J\n\u202Etxt\u2028'

  expect(inColumns([['NAME'], [name]])).toBe('NAME\nEve\uFFFD[2J\uFFFD\uFFFDtxt\uFFFD')
  expect(inFields([['Name', name]])).toBe('Name  Eve\uFFFD[2J\uFFFD\uFFFDtxt\uFFFD')
})
