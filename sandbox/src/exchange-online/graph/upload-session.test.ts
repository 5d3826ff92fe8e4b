import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openDatabase } from '../../kernel/database.ts'
import { ANNA, fakeClock, mail, SUPPORT } from './graph-test-world.ts'
import { createTestWorld, HOUR_MS } from './notifications-test-site.ts'
import { registerThrottle } from './throttle.ts'
import { SMALLEST_FILE_BYTES } from './upload-session-file.ts'
import { registerUploadSessions, uploadOrigin } from './upload-session.ts'

const SIZE = SMALLEST_FILE_BYTES
const FILE = Buffer.alloc(SIZE, Buffer.from(Uint8Array.from({ length: 251 }, (_, i) => i)))
const GATEWAY = 'http://127.0.0.1:8080'

describe('creating an upload session', () => {
  it('returns 201 with an opaque URL outside Graph that needs no token', async () => {
    const { open, draft, tenantId } = setUp()
    const answer = await open({})

    expect(answer.statusCode).toBe(201)
    expect(answer.json()).toEqual({
      '@odata.context': 'http://localhost:8080/v1.0/$metadata#microsoft.graph.uploadSession',
      uploadUrl: expect.stringContaining(
        `${GATEWAY}/api/gv1.0/users('${ANNA}@${tenantId}')/messages('${draft.restId}')/AttachmentSessions('AAMk`,
      ) as string,
      expirationDateTime: '2026-11-02T10:00:00.000Z',
      nextExpectedRanges: ['0-'],
    })
    expect(answer.json().uploadUrl).toMatch(/\?authtoken=[\w-]{43}$/)
  })

  it.each([
    [{ size: SIZE - 1 }, 400, 'ErrorAttachmentSizeShouldNotBeLessThanMinimumSize'],
    [{ size: 150 * 1024 * 1024 + 1 }, 413, 'ErrorMessageSizeExceeded'],
    [{ size: '4000000' }, 400, 'BadRequest'],
    [{ size: 4e6 + 0.5 }, 400, 'BadRequest'],
    [{ name: '' }, 400, 'BadRequest'],
    [{ name: 7 }, 400, 'BadRequest'],
    [{ attachmentType: 'item' }, 400, 'BadRequest'],
    [{ isInline: 'yes' }, 400, 'BadRequest'],
    [{ contentId: 1 }, 400, 'BadRequest'],
  ])('are refused as %j', async (changes, status, code) => {
    const answer = await setUp().open(changes)
    expect([answer.statusCode, answer.json().error.code]).toEqual([status, code])
  })

  it('refuses an invalid body', async () => {
    const { ask, draft } = setUp()
    const url = `/v1.0/me/messages/${draft.restId}/attachments/createUploadSession`
    for (const body of [{}, { AttachmentItem: null }, { AttachmentItem: [] }]) {
      expect((await ask('POST', url, { body })).statusCode).toBe(400)
    }
  })

  it('finds the message at all its addresses', async () => {
    const { ask, draft } = setUp()
    for (const url of [
      `/v1.0/me/messages/${draft.immutableId}`,
      `/v1.0/me/messages('${draft.restId}')`,
      `/v1.0/users/anna@contoso.example/messages/${draft.restId}`,
      `/v1.0/me/mailFolders/drafts/messages/${draft.restId}`,
    ]) {
      const body = { AttachmentItem: { attachmentType: 'file', name: 'a.pdf', size: SIZE } }
      expect((await ask('POST', `${url}/attachments/createUploadSession`, { body })).statusCode).toBe(201)
    }
    const nowhere = await ask('POST', '/v1.0/me/messages/nowhere/attachments/createUploadSession', {
      body: { AttachmentItem: { attachmentType: 'file', name: 'a.pdf', size: SIZE } },
    })
    expect([nowhere.statusCode, nowhere.json().error.code]).toEqual([404, 'ErrorItemNotFound'])
  })

  it('is forbidden for a user in a shared mailbox, despite Full Access, and allowed for an application', async () => {
    const { ask, mailStore, person, application } = setUp()
    const drafts = mailStore.wellKnownFolder(SUPPORT, 'drafts')
    const { restId } = mailStore.append(SUPPORT, drafts.id, mail('Reply'), [])
    const url = `/v1.0/users/${SUPPORT}/messages/${restId}/attachments/createUploadSession`
    const body = { AttachmentItem: { attachmentType: 'file', name: 'a.pdf', size: SIZE } }

    const delegated = await ask('POST', url, { body, as: person(ANNA, 'Mail.ReadWrite', 'Mail.ReadWrite.Shared') })
    expect([delegated.statusCode, delegated.json().error]).toEqual([
      403,
      { code: 'ErrorAccessDenied', message: 'Access is denied. Check credentials and try again.' },
    ])
    expect((await ask('POST', url, { body, as: application() })).statusCode).toBe(201)
    expect((await ask('POST', url, { body, as: application('Mail.Read') })).statusCode).toBe(403)
  })
})

describe('an upload', () => {
  it('stores the whole file, with any size of pieces', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 1_400_000 }), { minLength: 1, maxLength: 4 }),
        async (sizes) => {
          const { open, put, mailStore, draft } = setUp()
          const { uploadUrl } = (await open({ size: SIZE, name: 'flower', contentType: 'image/jpeg' })).json()

          let start = 0
          for (let i = 0; start < SIZE; i++) {
            const end = Math.min(start + sizes[i % sizes.length]! + 600_000, SIZE)
            const answer = await put(uploadUrl, FILE, start, end)
            if (end < SIZE) {
              expect([answer.statusCode, answer.json().nextExpectedRanges]).toEqual([200, [String(end)]])
            } else {
              expect([answer.statusCode, answer.body, answer.headers['content-length']]).toEqual([201, '', '0'])
              const [attachment] = mailStore.attachments(draft.key)
              expect(answer.headers.location).toMatch(/^http:\/\/127\.0\.0\.1:8080\/api\/gv1\.0\/users\('/)
              expect(answer.headers.location).toContain(`/Attachments('${attachment!.id}')`)
              expect(attachment).toMatchObject({ kind: 'file', name: 'flower', contentType: 'image/jpeg' })
              expect(Buffer.from(attachment!.content).equals(FILE)).toBe(true)
            }
            start = end
          }
        },
      ),
      { numRuns: 8 },
    ))

  it('accepts pieces only in order: any other piece changes nothing', () =>
    fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 4, maxLength: 16 }), async (order) => {
        const { open, put, mailStore, draft, ask } = setUp()
        const { uploadUrl } = (await open({ size: SIZE })).json()
        const quarter = SIZE / 4

        let next = 0
        for (const piece of [...order, 0, 1, 2, 3]) {
          const answer = await put(uploadUrl, FILE, piece * quarter, (piece + 1) * quarter)
          if (next === 4) expect(answer.statusCode).toBe(404)
          else if (piece === next) {
            next++
            expect(answer.statusCode).toBe(next === 4 ? 201 : 200)
          } else {
            expect([answer.statusCode, answer.json().error.code]).toEqual([416, 'invalidRange'])
            const status = await ask('GET', pathOf(uploadUrl))
            expect(status.json().nextExpectedRanges).toEqual([String(next * quarter)])
          }
        }
        expect(next).toBe(4)
        expect(mailStore.attachments(draft.key)).toHaveLength(1)
      }),
      { numRuns: 8 },
    ))

  it.each([
    [undefined, 400],
    ['bytes 0-99', 400],
    ['0-99/3145728', 400],
    ['bytes 0-98/3145728', 400],
    ['bytes 0-99/3145729', 400],
    ['bytes 99-0/3145728', 400],
    ['bytes 3145700-3145799/3145728', 416],
    ['bytes 99999999999999999999-1/3145728', 400],
  ])('refuses the range %s for a piece of 100 bytes', async (range, status) => {
    const { open, ask } = setUp()
    const { uploadUrl } = (await open({})).json()
    const headers = { 'content-type': 'application/octet-stream', ...(range && { 'content-range': range }) }
    const answer = await ask('PUT', pathOf(uploadUrl), { headers, body: FILE.subarray(0, 100) })
    expect(answer.statusCode).toBe(status)
  })

  it('is never parsed as JSON or a form, regardless of its content type', async () => {
    const { open, ask } = setUp()
    for (const type of ['application/json', 'text/plain', 'application/x-www-form-urlencoded', 'image/png; x=y']) {
      const { uploadUrl } = (await open({})).json()
      const headers = { 'content-type': type, 'content-range': `bytes 0-99/${SIZE}` }
      expect((await ask('PUT', pathOf(uploadUrl), { headers, body: FILE.subarray(0, 100) })).statusCode).toBe(200)
    }
  })

  it('ends with DELETE, and when it expires; pieces do not extend it', async () => {
    const { open, put, ask, clock, deferred, database } = setUp()
    const canceled = (await open({})).json().uploadUrl
    const expired = (await open({})).json().uploadUrl
    expect((await ask('DELETE', pathOf(canceled))).statusCode).toBe(204)
    clock.move(HOUR_MS)
    expect((await put(expired, FILE, 0, 1000)).statusCode).toBe(200)
    clock.move(HOUR_MS)

    for (const url of [canceled, expired]) {
      const answer = await put(url, FILE, 1000, 2000)
      expect([answer.statusCode, answer.json().error.code]).toEqual([404, 'ErrorItemNotFound'])
      expect((await ask('GET', pathOf(url))).statusCode).toBe(404)
      expect((await ask('DELETE', pathOf(url))).statusCode).toBe(404)
    }
    await deferred.runDue()
    expect(database.get('SELECT count(*) AS count FROM upload_session_pieces')).toEqual({ count: 0 })
  })

  it('continues after a restart', async () => {
    const database = openDatabase(':memory:')
    const clock = fakeClock()
    const before = setUp(createTestWorld(database, clock))
    const { uploadUrl } = (await before.open({})).json()
    await before.put(uploadUrl, FILE, 0, 1_000_000)
    await before.site.close()

    const after = setUp(createTestWorld(database, clock))
    expect((await after.ask('GET', pathOf(uploadUrl))).json()).toMatchObject({
      ExpirationDateTime: '2026-11-02T10:00:00.000Z',
      nextExpectedRanges: ['1000000'],
    })
    expect((await after.put(uploadUrl, FILE, 1_000_000, SIZE)).statusCode).toBe(201)
  })

  it('refuses an Authorization header, as Exchange does', async () => {
    const { open, ask } = setUp()
    const { uploadUrl } = (await open({})).json()
    const payload = Buffer.from('{"aud":"https://graph.microsoft.com"}').toString('base64url')
    const answer = await ask('PUT', pathOf(uploadUrl), {
      headers: { authorization: `Bearer e30.${payload}.c2ln`, 'content-range': 'bytes 0-0/1' },
    })

    expect(answer.statusCode).toBe(401)
    expect(answer.json().error.code).toBe('InvalidAudienceForResource')
    expect(answer.json().error.message).toBe(
      "The audience claim value is invalid for current resource. Audience claim is 'https://graph.microsoft.com', " +
        `request url is '${uploadUrl.split('?', 1)[0]!}' and resource type is 'Exchange'.`,
    )
    expect((await ask('GET', pathOf(uploadUrl), { headers: { authorization: 'garbage' } })).statusCode).toBe(401)
  })

  it('requires only the token in its URL', async () => {
    const { open, ask } = setUp()
    const { uploadUrl } = (await open({})).json()
    const other = (await open({})).json().uploadUrl
    const [path, token] = pathOf(uploadUrl).split('?') as [string, string]
    for (const query of ['', '?authtoken=', `?${pathOf(other).split('?')[1]!}`, `?${token}&${token}`]) {
      expect((await ask('GET', `${path}${query}`)).statusCode).toBe(401)
    }
    expect((await ask('GET', `${path}?${token}`)).statusCode).toBe(200)
  })

  it('reports when the message is deleted', async () => {
    const { open, put, mailStore, draft } = setUp()
    const { uploadUrl } = (await open({})).json()
    mailStore.remove(draft.key)
    const answer = await put(uploadUrl, FILE, 0, SIZE)
    expect([answer.statusCode, answer.json().error.code]).toEqual([404, 'ErrorItemNotFound'])
  })

  it('counts toward the limit of its application for the mailbox', async () => {
    const world = createTestWorld()
    registerThrottle(world.site, { ...world.deps, limits: { uploadBytesPerFiveMinutes: SIZE } })
    const { open, put } = setUp(world)
    const { uploadUrl } = (await open({})).json()
    expect((await put(uploadUrl, FILE, 0, SIZE - 1000)).statusCode).toBe(200)
    expect((await put(uploadUrl, FILE, SIZE - 1000, SIZE)).statusCode).toBe(429)
  })
})

describe('the upload host', () => {
  it.each([
    ['https://graph.microsoft.com', 'https://outlook.office.com'],
    ['http://localhost:5000', 'http://127.0.0.1:5000'],
    ['http://127.0.0.1:5000', 'http://localhost:5000'],
    ['https://graph.test.example:8443', 'https://graph.test.example:8443'],
  ])('for %s is %s', (graph, uploads) => {
    expect(uploadOrigin(graph)).toBe(uploads)
  })

  it('is the second name of a sandbox with several names', () => {
    expect(uploadOrigin('http://sandbox:8411', 'uploads')).toBe('http://uploads:8411')
    expect(uploadOrigin('http://localhost:8411', 'uploads')).toBe('http://127.0.0.1:8411')
  })
})

function pathOf(url: string): string {
  return url.slice(GATEWAY.length)
}

function setUp(world = createTestWorld()) {
  registerUploadSessions(world.site, world.deps)
  const { mailStore, ask } = world
  const draft = mailStore.append(ANNA, mailStore.wellKnownFolder(ANNA, 'drafts').id, mail('Draft'), [])
  const open = (changes: object) =>
    ask('POST', `/v1.0/me/messages/${draft.restId}/attachments/createUploadSession`, {
      body: { AttachmentItem: { attachmentType: 'file', name: 'a.pdf', size: SIZE, ...changes } },
    })
  const put = (url: string, file: Buffer, start: number, end: number) =>
    ask('PUT', pathOf(url), {
      headers: {
        'content-type': 'application/octet-stream',
        'content-range': `bytes ${start}-${end - 1}/${file.length}`,
      },
      body: file.subarray(start, end),
    })
  return { ...world, draft, open, put }
}
