/**
 * Synchronizes a mailbox and a Maildir in both directions with mbsync, which detects any changed UID or UIDVALIDITY.
 */
import { mkdir, mkdtemp, readdir, rename, rm, unlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, type Flow } from './flow.ts'
import { MissingProgram, runProgram } from './program.ts'
import type { Stage } from './stage.ts'

const PLUGIN_PACKAGE = 'libsasl2-modules-kdexoauth2'
const PACKAGES = `isync ${PLUGIN_PACKAGE}`
/** Message of mbsync when it has no plug-in for XOAUTH2. A server without XOAUTH2 leads to a different message. */
const NO_PLUGIN = 'selected SASL mechanism(s) not available'

export function mbsyncFlows(stage: Stage): Flow[] {
  return [
    {
      client: 'mbsync',
      flow: 'IMAP both ways',
      async run() {
        const folder = await mkdtemp(join(tmpdir(), 'sandbox-mbsync-'))
        try {
          return await bothWays(stage, folder)
        } finally {
          await rm(folder, { recursive: true })
        }
      },
    },
  ]
}

async function bothWays(stage: Stage, folder: string): Promise<string> {
  const [mail, inbox] = [join(folder, 'mail'), join(folder, 'mail/INBOX')]
  await mkdir(mail)
  const configuration = join(folder, 'mbsyncrc')
  await writeFile(join(folder, 'token'), await stage.imapToken(), { mode: 0o600 })
  await writeFile(configuration, configurationFor(stage, folder))
  const sync = async () => {
    const { code, complaints } = await runProgram('mbsync', ['--config', configuration, '--all'], PACKAGES)
    if (complaints.includes(NO_PLUGIN)) throw new MissingProgram('sasl-xoauth2', PLUGIN_PACKAGE)
    expect(code === 0, `mbsync to end well, not ${code}: ${complaints}`)
  }
  const files = async (where = inbox) =>
    [...(await readdir(join(where, 'new'))).map((name) => `new/${name}`), ...(await readdir(join(where, 'cur'))).map((name) => `cur/${name}`)] // prettier-ignore

  await stage.fill('inbox', 3)
  const before = stage.messagesIn('inbox').length
  await sync()
  expect((await files()).length === before, `${before} files, not ${(await files()).length}`)

  // In the local folder: one message is read and flagged, one removed, one written. In the mailbox: one is read.
  const [marked, removed] = await files()
  await rename(join(inbox, marked!), join(inbox, 'cur', `${marked!.split('/')[1]!.split(':')[0]!}:2,FS`))
  await unlink(join(inbox, removed!))
  await writeFile(join(inbox, 'new/1.foreign'), 'Subject: Written here\n\nHello\n')
  await stage.fill('inbox', 1)
  stage.readInOutlook('Number 0')
  await sync()
  const there = stage.messagesIn('inbox')
  expect(
    there.some(({ isRead, isFlagged }) => isRead && isFlagged),
    'the flags to be seen by Graph',
  )
  expect(
    there.some(({ subject }) => subject === 'Written here'),
    'the new file to be in the mailbox',
  )
  expect(there.length === before + 1, `one less, two more: ${before + 1} messages, not ${there.length}`)
  await sync()
  expect((await files()).length === there.length, 'both sides to be alike')
  const readThere = stage.messagesIn('inbox').filter(({ isRead }) => isRead).length
  const readHere = (await files()).filter((name) => /:2,[A-Z]*S/.test(name)).length
  expect(readHere === readThere, `what was read in Outlook to be read here, ${readThere} files, not ${readHere}`)

  const moved = (await files()).find((name) => name.startsWith('cur/'))!
  await rename(join(inbox, moved), join(mail, 'Archiv/cur/1.moved:2,S'))
  const archived = stage.messagesIn('archive').length
  await sync()
  expect(stage.messagesIn('archive').length === archived + 1, 'a file that was moved to be in the archive')
  expect(stage.messagesIn('inbox').length === there.length - 1, 'and no longer in the inbox')
  return `${before} messages down; flags, removals, new and moved mail up and down`
}

function configurationFor({ imap, person }: Stage, folder: string): string {
  return `
IMAPAccount sandbox
Host ${imap.host}
Port ${imap.port}
User ${person.address}
PassCmd "cat ${folder}/token"
AuthMechs XOAUTH2
TLSType None

IMAPStore there
Account sandbox

MaildirStore here
Path ${folder}/mail/
Inbox ${folder}/mail/INBOX
SubFolders Verbatim

Channel all
Far :there:
Near :here:
Patterns *
Create Both
Expunge Both
SyncState *
`
}
