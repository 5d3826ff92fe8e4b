import { expect, it } from 'vitest'
import { readTrace } from './trace.ts'

it('traceOf returns the unfolded Received fields of the header, and ignores the body', () => {
  const source = Buffer.from(
    'Received: by a;\r\n\tMon, 1 Jan\r\nSubject: x\r\n y\r\nRECEIVED : by b\r\n\r\nReceived: by c\r\n',
  )
  expect(readTrace(source)).toEqual(['Received: by a; Mon, 1 Jan', 'RECEIVED : by b'])
  expect(readTrace(Buffer.from('Subject: x\r\n\r\n'))).toEqual([])
})
