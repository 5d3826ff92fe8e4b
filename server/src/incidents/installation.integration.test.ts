import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { newId } from '../kernel/ids.ts'
import { testDatabase } from '../../test/kit/index.ts'
import { createStage, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../test/incidents/stage.ts'

const database = await testDatabase()
const stage = createStage(database)
const { installation } = stage.incidents
const full = {
  code: 'database.disk_full',
  server: 'mail-1',
  detail: '12 MB of 2 GB are free in /var/lib/postkey.',
} as const

async function store(email: string, role: 'admin' | 'agent' = 'admin'): Promise<void> {
  await database.pool.query(
    `INSERT INTO users (id, name, email, email_verified, role, created_at, updated_at)
     VALUES ($1, 'Ada', $2, true, $3, now(), now())`,
    [newId(), email, role],
  )
}

beforeEach(() => stage.reset())
afterAll(() => stage.close())

describe('a problem of the installation', () => {
  it('opens one incident with its server and detail, and closes it when it ends', async () => {
    await installation.open(full)
    await installation.open({ ...full, detail: '11 MB of 2 GB are free in /var/lib/postkey.' })
    await stage.look()
    expect(await stage.open()).toMatchObject([
      {
        cause: 'installation',
        subject: { name: 'mail-1' },
        reason: { code: 'database.disk_full' },
        detail: '11 MB of 2 GB are free in /var/lib/postkey.',
        words: { who: 'An admin of this server' },
        affected: [],
      },
    ])
    expect(await stage.incidents.openCounts()).toEqual({ installation: 1 })

    await installation.end(full)
    await stage.look()
    expect(await stage.open()).toEqual([])
    expect((await stage.all()).map(({ closedAt }) => closedAt)).toEqual([stage.clock.now()])
  })

  it('updates the detail of an open incident', async () => {
    await installation.open(full)
    await stage.look()
    await installation.open({ ...full, detail: 'No space is left.' })
    await stage.look()
    expect(await stage.open()).toMatchObject([{ detail: 'No space is left.' }])
  })

  it('alerts every admin when it opens and when it ends', async () => {
    await store('ada@home.example')
    await store('bo@home.example')
    await store('agent@home.example', 'agent')
    await installation.open(full)
    await stage.pass(30 * SECOND_MS, 5 * SECOND_MS)
    const [alert, ...more] = await stage.told()
    expect(more).toEqual([])
    expect(alert).toMatchObject({ subject: '[Postkey] The database disk is full (mail-1)' })
    expect(alert!.deliveries.map(({ recipient }) => recipient).sort()).toEqual(['ada@home.example', 'bo@home.example'])
    expect(alert!.text).toContain('12 MB of 2 GB are free in /var/lib/postkey.')
    expect(alert!.text).toContain('Free space on the disk that holds the PostgreSQL data.')
    expect(alert!.text).toContain('Who can fix it: An admin of this server')

    await installation.end(full)
    await stage.pass(2 * MINUTE_MS, 5 * SECOND_MS)
    expect((await stage.told()).map(({ kind }) => kind)).toEqual(['incident.opened', 'incident.closed'])
  })

  it('reopens the same incident when it returns within ten minutes', async () => {
    await installation.open(full)
    await stage.look()
    await installation.end(full)
    await stage.pass(MINUTE_MS)
    await installation.open(full)
    await stage.look()
    expect(await stage.all()).toMatchObject([{ reopened: 1, closedAt: undefined }])
  })

  it('is a separate incident per server and code', async () => {
    await installation.open(full)
    await installation.open({ ...full, server: 'mail-2' })
    await installation.open({ code: 'database.refused', detail: 'No connection is left.' })
    await installation.end({ ...full, server: 'mail-2' })
    await stage.look()
    expect((await stage.open()).map(({ subject }) => subject.name).sort()).toEqual(['This installation', 'mail-1'])
  })

  it('ends automatically when its server stops reporting it', async () => {
    const expiresAt = new Date(stage.clock.now().getTime() + 5 * MINUTE_MS)
    await installation.open({ ...full, expiresAt })
    await stage.pass(5 * MINUTE_MS - 1, MINUTE_MS)
    expect(await stage.open()).toHaveLength(1)
    await stage.pass(1)
    expect(await stage.open()).toEqual([])
  })
})

describe('a problem that has ended before it can be stored', () => {
  const record = async (minutes: number, ago = 0) => {
    const endedAt = new Date(stage.clock.now().getTime() - ago)
    const since = new Date(endedAt.getTime() - minutes * MINUTE_MS)
    await installation.record({
      code: 'database.unavailable',
      detail: 'PostgreSQL did not answer. No mail was received or sent.',
      since,
      endedAt,
    })
    return { since, endedAt }
  }

  it('is one closed incident with start, end and effect', async () => {
    const { since, endedAt } = await record(3)
    await stage.look()
    expect(await stage.open()).toEqual([])
    const [incident] = await stage.all()
    expect(incident).toMatchObject({
      cause: 'installation',
      subject: { name: 'This installation' },
      since,
      closedAt: endedAt,
      detail: 'PostgreSQL did not answer. No mail was received or sent.',
    })
    const { timeline } = await stage.incidents.get(incident!.id)
    expect(timeline.map(({ kind, at }) => [kind, at])).toEqual([
      ['opened', since],
      ['closed', endedAt],
    ])
  })

  it('is one incident when several workers record the same outage', async () => {
    const first = await record(3)
    await record(2, 30 * SECOND_MS)
    const later = await record(4)
    expect(await stage.all()).toMatchObject([{ since: later.since, closedAt: first.endedAt, reopened: 0 }])
  })

  it('is another incident an hour later', async () => {
    await record(3)
    stage.clock.advance(HOUR_MS)
    await record(3)
    expect(await stage.all()).toHaveLength(2)
  })

  it('alerts admins once, and only if it lasted as long as the alert delay of an open incident', async () => {
    await store('ada@home.example')
    await record(14)
    await stage.pass(MINUTE_MS)
    expect(await stage.told()).toEqual([])
    stage.clock.advance(HOUR_MS)
    await record(15)
    await stage.pass(2 * HOUR_MS, MINUTE_MS)
    const told = await stage.told()
    expect(told).toMatchObject([{ kind: 'incident.closed' }])
    expect(told[0]!.text).toContain('PostgreSQL did not answer. No mail was received or sent.')
  })
})
