/** Downloads of an attachment whose message is stored here: versions and ranges. */
import { beforeAll, describe, expect, it } from 'vitest'
import { createTestApp, createTestClock, storeEmailAccount, testDatabase } from '../../../test/kit/index.ts'
import type { RemoteMessage } from '../../mail/index.ts'

const database = await testDatabase()
const clock = createTestClock()
const { ask, app, person, rooms } = await createTestApp(database, clock)
const { id: emailAccountId } = await storeEmailAccount(database, clock)
const as = await person('agent', [emailAccountId])
let at: string
let etag: string

beforeAll(async () => {
  const source = Buffer.from(
    [
      ...['From: Kim <kim@customer.example>', 'Message-ID: <1@customer.example>', 'Subject: Letters'],
      ...['Content-Type: multipart/mixed; boundary=b', '', '--b', 'Content-Type: text/plain; name="letters.txt"'],
      ...['Content-Disposition: attachment; filename="letters.txt"', '', 'abcdefghij', '--b--', ''],
    ].join('\r\n'),
  )
  const message: RemoteMessage = {
    ...{ ...(await rooms.parser.parse(source)), partial: false, remoteId: 'imap:1:1:INBOX', folderRemoteId: 'inbox' },
    ...{ remoteConversationId: undefined, receivedAt: clock.now(), flags: [], source },
  }
  const { messageId } = (await database.transaction(async (tx) =>
    rooms.conversations.filing.file(tx, await rooms.emailAccounts.get(emailAccountId), message),
  ))!
  const { body } = await ask(`GET /v1/messages/${messageId}/attachments`, { as })
  at = `/v1/attachments/${(body as { attachments: { id: string }[] }).attachments[0]!.id}/content`
  etag = String((await download()).headers.etag)
})

async function download(more: Record<string, string> = {}) {
  const headers = { host: 'localhost:8400', cookie: as.cookie!, ...more }
  const { statusCode, headers: answered, payload } = await app.inject({ url: at, headers })
  return { status: statusCode, headers: answered, payload }
}

describe('a download', () => {
  it('has the declared type, a version, and names ranges as possible', async () => {
    expect(await download()).toMatchObject({
      ...{ status: 200, payload: 'abcdefghij' },
      headers: {
        'content-type': 'text/plain',
        'accept-ranges': 'bytes',
        etag: expect.stringMatching(/^".+"$/) as string,
      },
    })
  })

  it.each([
    ['bytes=0-2', 'abc', 'bytes 0-2/10'],
    ['bytes=7-', 'hij', 'bytes 7-9/10'],
    ['bytes=-2', 'ij', 'bytes 8-9/10'],
    ['bytes=8-100', 'ij', 'bytes 8-9/10'],
    ['bytes=0-2,3-4', 'abcde', 'bytes 0-4/10'],
  ])('by the range %s is that part', async (range, payload, contentRange) => {
    const part = await download({ range })
    expect(part).toMatchObject({ status: 206, payload, headers: { 'content-range': contentRange } })
    expect(part.headers['content-length']).toBe(String(payload.length))
  })

  it.each(['bytes=0-1,5-6', 'lines=1-2', 'bytes'])('by the range %s is the whole file', async (range) => {
    expect(await download({ range })).toMatchObject({ status: 200, payload: 'abcdefghij' })
  })

  it('beyond the end is refused with the size', async () => {
    const refused = await download({ range: 'bytes=10-12' })
    expect(refused).toMatchObject({ status: 416, headers: { 'content-range': 'bytes */10' } })
    expect(JSON.parse(refused.payload)).toMatchObject({ code: 'http.range_unsatisfiable' })
  })

  it('has no content for a known version, and is whole if a range is of another one', async () => {
    expect(await download({ 'if-none-match': `"other", W/${etag}` })).toMatchObject({ status: 304, payload: '' })
    expect(await download({ 'if-none-match': '"other"' })).toMatchObject({ status: 200 })
    expect(await download({ range: 'bytes=0-2', 'if-range': etag })).toMatchObject({ status: 206, payload: 'abc' })
    expect(await download({ range: 'bytes=0-2', 'if-range': '"other"' })).toMatchObject({ status: 200 })
  })
})
