/** Mail that arrived, moved or was deleted after the restored backup is read again from the backup's cursors. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startDovecot, type Dovecot } from '../../../mail-servers/index.ts'
import { systemClock } from '../kernel/clock.ts'
import type { EmailAccountId } from '../kernel/ids.ts'
import { createTestClock, takeSnapshot, testDatabase } from '../../test/kit/index.ts'
import type { MailTransport } from '../transports/index.ts'
import { customerMail, openByImap } from '../../test/sync/imap-stage.ts'
import { createStage, pictureOf } from '../../test/sync/stage.ts'
import { StrictFolderServer } from '../../test/sync/strict-folder-server.ts'

const database = await testDatabase()
const transports = new Map<string, MailTransport>()

async function started(stage: ReturnType<typeof createStage>) {
  await stage.sync.start()
  await stage.sync.settled()
  return stage
}

describe.each(['still knows', 'has forgotten'])(
  'after a restore, with a server that %s the cursors of the backup',
  (what) => {
    it('sync loses and duplicates no mail', async () => {
      const clock = createTestClock('2026-01-05T00:00:00Z')
      const server = new StrictFolderServer()
      for (const n of [1, 2, 3]) server.deliver({ remoteId: `m${n}`, messageId: `m${n}@x` })
      const before = createStage(database, clock, transports)
      const address = `${what.replaceAll(' ', '-')}@contoso.example`
      const { id } = await before.associate(address, server.transport, { folders: ['inbox', 'archive'] })
      await started(before)
      const backup = await takeSnapshot(database)
      server.deliver({ remoteId: 'm4', messageId: 'm4@x' })
      server.move('m2', 'archive')
      server.delete('m3')
      await before.sync.wake(id)
      await before.sync.settled()
      await before.sync.stop()
      const seen = await pictureOf(database, id)
      expect(seen).toHaveLength(4)

      await backup.restore()
      if (what === 'has forgotten') server.forget()
      server.deliver({ remoteId: 'm5', messageId: 'm5@x' })
      const after = await started(createStage(database, clock, transports))
      await after.sync.wake(id)
      await after.sync.settled()
      await after.sync.stop()

      const read = await pictureOf(database, id)
      expect(read.filter(({ remote_id: remoteId }) => remoteId !== 'm5')).toEqual(seen)
      expect(read).toHaveLength(5)
    })
  },
)

describe('after a restore, with a real IMAP server', () => {
  let dovecot: Dovecot
  beforeAll(async () => {
    dovecot = await startDovecot({ users: { 'restored@contoso.example': 'pw' } })
  })
  afterAll(() => dovecot.stop())

  it('sync loses and duplicates no mail', async () => {
    const address = 'restored@contoso.example'
    const { transport } = openByImap(address, dovecot.imapPort, systemClock)
    const before = createStage(database, systemClock, transports)
    const { id } = await before.associate(address, transport)
    await database.db.updateTable('email_accounts').set({ receives_by: 'imap' }).where('id', '=', id).execute()
    for (const n of [1, 2, 3]) await dovecot.deliver(address, customerMail(n))
    await started(before)
    await read(before, id)
    const backup = await takeSnapshot(database)
    await dovecot.deliver(address, customerMail(4))
    await dovecot.doveadm(['expunge', '-u', address, 'mailbox', 'INBOX', 'uid', '2'])
    await read(before, id)
    await before.sync.stop()
    const seen = await pictureOf(database, id)

    await backup.restore()
    await dovecot.deliver(address, customerMail(5))
    const after = await started(createStage(database, systemClock, transports))
    await read(after, id)
    await after.sync.stop()

    const again = await pictureOf(database, id)
    expect(again.map(({ presence }) => presence)).toEqual(['present', 'gone', 'present', 'present', 'present'])
    expect(again.slice(0, 4)).toEqual(seen)
  })

  async function read({ sync }: ReturnType<typeof createStage>, id: EmailAccountId): Promise<void> {
    await sync.wake(id)
    await sync.settled()
  }
})
