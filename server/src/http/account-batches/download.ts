import { stringify } from 'csv-stringify/sync'
import { z } from 'zod'
import { type BatchRow, MOST_ROWS } from '../../account-batches/index.ts'
import { storedReason } from '../../kernel/errors.ts'
import type { AccountBatchId } from '../../kernel/ids.ts'
import { formatDisposition } from '../attachments/download.ts'
import { id } from '../ids.ts'
import { applicationConnectors } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { otherRoute } from '../route.ts'
import { ownBatches } from './account-batch.ts'

/** Columns that a new batch takes again. */
const COLUMNS = ['address', 'kind', 'name', 'key', 'contact', 'importDays'] as const
const NOT_CONNECTED = ['failed', 'canceled'] as const

export const downloadFailedRows = ({ accountBatches }: Rooms) =>
  otherRoute({
    at: 'GET /v1/account-batches/:id/failed.csv',
    summary:
      'Downloads the failed and canceled rows as CSV (RFC 4180, UTF-8), with code and fix. A new batch takes the file as it is.',
    authenticate: 'person-or-key',
    permit: applicationConnectors,
    validate: { params: z.object({ id: id<AccountBatchId>() }) },
    act: async ({ params, caller }) => {
      const filter = { states: NOT_CONNECTED, limit: MOST_ROWS }
      const { rows } = await accountBatches.rows(params.id, filter, ownBatches(caller))
      return toCsv(rows)
    },
    present: {
      status: 200,
      contentType: 'text/csv; charset=utf-8',
      send: (text: string, reply) =>
        reply
          .header('content-disposition', formatDisposition('failed-mailboxes.csv'))
          .header('content-security-policy', "default-src 'none'; sandbox")
          .send(text),
    },
  })

function toCsv(rows: readonly BatchRow[]): string {
  const cells = rows.map((row) => {
    const reason = row.errorCode === undefined ? undefined : storedReason(row.errorCode)
    return [...COLUMNS.map((column) => String(row[column] ?? '')), reason?.code ?? '', reason?.fix ?? '']
  })
  // Excel reads UTF-8 only with a byte order mark.
  const options = { escape_formulas: true, record_delimiter: 'windows' } as const
  return `\ufeff${stringify([[...COLUMNS, 'error', 'fix'], ...cells], options)}`
}
