import { stringify } from 'csv-stringify/sync'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkRows, faultsOfCount } from './checked-rows.ts'
import { readCsv } from './csv-rows.ts'

const ADDRESS = 'support@contoso.example'

describe('a CSV of mailboxes', () => {
  it.each([',', ';', '\t'])('keeps all values, written with %j', (delimiter) => {
    const value = fc.string({ unit: 'grapheme' }).map((text) =>
      text
        .replaceAll(/[\0\r]/g, '')
        .trim()
        .replace(/^'+/, ''),
    )
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

  it('keeps the numbers of lines behind a first line of Excel, and with mixed line ends', () => {
    const csv = `sep=;\r\naddress;name;;\n${ADDRESS};Support, Berlin;;\rbilling@contoso.example;;;\r\n`
    expect(readCsv(csv, 500)).toEqual([
      { line: 3, address: ADDRESS, name: 'Support, Berlin', kind: undefined },
      { line: 4, address: 'billing@contoso.example', name: '', kind: undefined },
    ])
  })

  it('refuses a value in a column without a name', () => {
    expect(readCsv(`address,,\n${ADDRESS},,red`, 500)).toMatchObject([{ line: 2, faults: [{ field: 'line' }] }])
  })

  it('may be the download of failed rows, with its last columns and escaped formulas', () => {
    const rows = [[`+sales@contoso.example`, 'shared', '=Sales', '', '', '', 'transports.mailbox_not_found', 'Fix, it']]
    const head = ['address', 'kind', 'name', 'key', 'contact', 'importDays', 'error', 'fix']
    const csv = stringify([head, ...rows], { escape_formulas: true, record_delimiter: 'windows', bom: true })
    const [row, ...others] = readCsv(csv, 500)
    expect(row).toMatchObject({ line: 2, address: '+sales@contoso.example', name: '=Sales', kind: 'shared' })
    expect([row!.faults, others]).toEqual([undefined, []])
  })

  it('may be an export of Exchange with all its columns', () => {
    const csv = [
      '#TYPE Selected.Microsoft.Exchange',
      '"ExternalDirectoryObjectId","Name","DisplayName","PrimarySmtpAddress","RecipientTypeDetails","EmailAddresses"',
      `"a1","support","Contoso Support","${ADDRESS}","SharedMailbox","SMTP:${ADDRESS} smtp:help@contoso.example"`,
      '"a2","anna","Anna Berg","anna@contoso.example","UserMailbox",""',
      '"a3","room","Room 1","room@contoso.example","RoomMailbox",""',
    ].join('\r\n')
    expect(readCsv(csv, 500)).toEqual([
      { line: 3, address: ADDRESS, name: 'Contoso Support', kind: 'shared' },
      { line: 4, address: 'anna@contoso.example', name: 'Anna Berg', kind: 'user' },
      { line: 5, address: 'room@contoso.example', name: 'Room 1', kind: 'shared' },
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
    ['address,constructor\na@b.example,red', 'header'],
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
      { defaults },
      [{ id: 'one' as never, key: 'SUP', address: ADDRESS, aliases: [{ address: 'help@contoso.example' }] as never }],
    )

  it('have the defaults where they have no value', () => {
    expect(check([{ address: ' a@contoso.example ', name: ' ' }])).toMatchObject([
      { address: 'a@contoso.example', name: 'a@contoso.example', ...defaults, result: 'new' },
    ])
  })

  it('have a fault for a kind that is a property of every object', () => {
    const [row] = checkRows(readCsv(`address,kind\n${ADDRESS},constructor`, 500), { defaults }, [])
    expect(row).toMatchObject({ result: 'invalid', faults: [{ field: 'kind' }] })
  })

  it('have no contact but the mailbox itself where mail must not be directed', () => {
    const rows = [
      { line: 1, address: 'a@contoso.example', contact: 'attacker@evil.example' },
      { line: 2, address: 'b@contoso.example', contact: 'B@contoso.example' },
      { line: 3, address: 'c@contoso.example' },
    ]
    const checked = checkRows(rows, { defaults: { kind: 'shared' }, isOwnContact: true }, [])
    expect(checked.map(({ result }) => result)).toEqual(['invalid', 'new', 'new'])
    expect(checked[0]!.faults).toMatchObject([{ field: 'contact' }])
  })

  it.each([
    [0, 1],
    [1, 0],
    [500, 0],
    [501, 1],
  ])('are too few or too many: %i', (count, faults) => {
    expect(faultsOfCount(count, 500)).toHaveLength(faults)
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
