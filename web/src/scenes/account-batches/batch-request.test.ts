import { expect, it } from 'vitest'
import { blankRequest, toBody, withSource } from './batch-request.ts'

const application = { id: 'a', label: 'A', kind: 'application', cloudProviderId: 'a', grantId: undefined } as const
const blank = blankRequest('admin@contoso.example', application)

it('leaves an empty number of days to the server', () => {
  expect(toBody(blank).defaults).toEqual({ kind: 'shared', importDays: 30, contact: 'admin@contoso.example' })
  expect(toBody({ ...blank, importDays: undefined }).defaults).not.toHaveProperty('importDays')
})

it('takes picked users of the organization for people', () => {
  expect(toBody(withSource(blank, 'directory')).defaults).toMatchObject({ kind: 'user' })
  expect(toBody(withSource(withSource(blank, 'directory'), 'csv')).defaults).toMatchObject({ kind: 'shared' })
})
