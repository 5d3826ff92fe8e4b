import { expect, it } from 'vitest'
import type { Problem } from '../api/problem.ts'
import { failureDetail } from './failure-detail.ts'

const failure: Problem = {
  ...{ type: '/docs/errors/people.wrong_code', code: 'people.wrong_code', status: 422, traceId: 'trace' },
  ...{
    title: 'The code is wrong',
    detail: 'It has expired',
    fix: 'Enter the code that the app shows',
    remedy: 'admin',
  },
}
const { title, fix } = failure

it.each([title, fix, ''])('omits a detail that title and fix say: %j', (detail) => {
  expect(failureDetail({ ...failure, detail })).toEqual({ detail: undefined, faults: [] })
})

it('returns the detail of a failure without faults', () => {
  expect(failureDetail(failure)).toEqual({ detail: 'It has expired', faults: [] })
})

it('does not name the field of the API when the failure is about one field', () => {
  const of = (expected: string) =>
    failureDetail({ ...failure, detail: `body.code: ${expected}`, faults: [{ field: 'body.code', expected, fix }] })
  expect(of(title)).toEqual({ detail: undefined, faults: [] })
  expect(of('Six digits')).toEqual({ detail: 'Six digits', faults: [] })
})

it('lists each field of an invalid request', () => {
  const faults = [{ field: 'body.name', expected: 'at most 60 characters', fix: 'Shorten it' }]
  expect(failureDetail({ ...failure, detail: 'body.name: at most 60 characters', faults })).toEqual({
    ...{ detail: undefined, faults },
  })
})
