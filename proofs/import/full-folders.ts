/** The mailbox to import: created in the sandbox before Postkey starts, by means of the sandbox. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { seedBulk } from '../../sandbox/src/exchange-online/mail-store/index.ts'
import { startSandbox } from '../../sandbox/src/sandbox.ts'

/** The average of business mail, without attachments. */
const SIZE_BYTES = 34 * 1024
/** A part of what is in a mailbox was sent from it. */
const SENT_SHARE = 1 / 4

export interface HeldMessage {
  /** Without `<>`. */
  messageId: string
  receivedAt: Date
}

/**
 * Fills inbox and Sent Items of `address` before the sandbox accepts connections; the default mail is there, too.
 * Resolves to the id under which the sandbox keeps them.
 */
export async function fillFolders(sandboxFolder: string, address: string, messages: number): Promise<string> {
  mkdirSync(sandboxFolder, { recursive: true })
  const sandbox = await startSandbox({ databasePath: databaseIn(sandboxFolder) })
  try {
    const user = sandbox.directory.people.findUserByAddress(address)
    if (!user) throw new Error(`no user of the sandbox has the address ${address}`)
    const sent = Math.floor(messages * SENT_SHARE)
    seedBulk(sandbox, user.id, messages - sent, { sizeBytes: SIZE_BYTES })
    seedBulk(sandbox, user.id, sent, { sizeBytes: SIZE_BYTES, folder: 'sentitems' })
    return user.id
  } finally {
    await sandbox.close()
  }
}

/** Messages in inbox and Sent Items, read from the sandbox's file: independent of the path under test. */
export function heldMessages(sandboxFolder: string, ownerId: string): HeldMessage[] {
  const database = new DatabaseSync(databaseIn(sandboxFolder), { readOnly: true })
  try {
    const rows = database
      .prepare(
        `SELECT internet_message_id AS messageId, received_at AS receivedAt
         FROM messages JOIN folders ON folders.id = messages.folder_id
         WHERE messages.mailbox_id = ? AND folders.well_known_name IN ('inbox', 'sentitems')`,
      )
      .all(ownerId) as { messageId: string; receivedAt: number }[]
    return rows.map(({ messageId, receivedAt }) => ({
      messageId: messageId.replaceAll(/^<|>$/g, ''),
      receivedAt: new Date(receivedAt),
    }))
  } finally {
    database.close()
  }
}

function databaseIn(sandboxFolder: string): string {
  return join(sandboxFolder, 'sandbox.sqlite')
}
