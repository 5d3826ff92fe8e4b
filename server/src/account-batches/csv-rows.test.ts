import { stringify } from 'csv-stringify/sync'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkRows } from './checked-rows.ts'
import { readCsv } from './csv-rows.ts'

const ADDRESS = 'support@contoso.example'

describe('a CSV of mailboxes', () => {
  it.each([',', ';', '\t'])('keeps all values, written with %j', (delimiter) => {
    const value = fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll(/[\0\r]/g, '').trim())
    fc.assert(
      fc.property(fc.array(fc.tuple(value, value), { minLength: 1, maxLength: 20 }), (values) => {
        const rows = values.map(([name, contact]) => [ADDRESS, name, contact])
        const csv = stringify([['Address', 'NAME', 'contact'], ...rows], { delimiter, quoted: true })
        expect(readCsv(csv, 500).map(({ address, name, contact }) => [address, name, contact])).toEqual(rows)
      }),
    )
  })

  it('names the last line of a row with line breaks, and skips empty lines', () => {
    const csv = `\ufeffaddress,name\r\n\r\n${ADDRESS},"Contoso\nSupport"\r\n,\r\nbilling@contoso.example,Billing`
    expect(readCsv(csv, 500).map(({ line, address }) => [line, address])).toEqual([
      [4, ADDRESS],
      [6, 'billing@contoso.example'],
    ])
  })

  it('reads one row more than allowed, however long it is', () => {
    const csv = `address\n${`${ADDRESS}\n`.repeat(5000)}`
    expect(readCsv(csv, 500)).toHaveLength(501)
  })

  it.each([
    ['address,address\na@b.example,c@d.example', 'header'],
    ['address,colour\na@b.example,red', 'header'],
    ['name\nAnna', 'header'],
    ['address\n"a@b.example', 'csv'],
    ['address\na"b"@c.example', 'csv'],
  ])('is one fault when it can’t be read: %j', (csv, field) => {
    expect(readCsv(csv, 500)).toMatchObject([{ faults: [{ field }] }])
  })
})

describe('the rows of a batch', () => {
  const defaults = { kind: 'shared', contact: 'admin@contoso.example', importDays: 7 } as const
  const check = (rows: object[]) =>
    checkRows(
      rows.map((row, index) => ({ line: index + 1, ...row })),
      defaults,
      [{ id: 'one' as never, key: 'SUP', address: ADDRESS, aliases: [{ address: 'help@contoso.example' }] as never }],
    )

  it('have the defaults where they have no value', () => {
    expect(check([{ address: ' a@contoso.example ', name: ' ' }])).toMatchObject([
      { address: 'a@contoso.example', name: 'a@contoso.example', ...defaults, result: 'new' },
    ])
  })

  it('are new, connected, duplicates or invalid', () => {
    const rows = check([
      { address: 'HELP@contoso.example' },
      { address: 'a@contoso.example', key: 'sup' },
      { address: 'a@contoso.example', key: 'a' },
      { address: 'A@contoso.example', key: 'A' },
      { address: 'b@contoso.example', key: 'A' },
      { address: 'c@contoso.example', name: 'Contoso\u202ereversed' },
      {},
    ])
    expect(rows.map(({ result, faults }) => [result, faults.map(({ field }) => field)])).toEqual([
      ['already-connected', []],
      ['invalid', ['key']],
      ['new', []],
      ['duplicate', []],
      ['invalid', ['key']],
      ['invalid', ['name']],
      ['invalid', ['address']],
    ])
  })
})
