/** A second mail client on the same mailbox, such as Thunderbird or a phone, for any IMAP server. */
import { connectLines } from './line-connection.ts'

export interface MailProgram {
  /**
   * Sends one command and resolves with its untagged responses.
   *
   * @throws Error unless the server responds with OK
   */
  command(command: string): Promise<string[]>
  /** Changes the flags of a message in a folder, for example `+FLAGS (\Seen)`. */
  flag(folder: string, uid: number, change: string): Promise<void>
  /** Moves messages with MOVE, or with COPY and EXPUNGE if the server has no MOVE. */
  move(from: string, uids: string, to: string): Promise<void>
  /** Deletes messages permanently. */
  expunge(folder: string, uids: string): Promise<void>
  create(folder: string): Promise<void>
  rename(folder: string, to: string): Promise<void>
  remove(folder: string): Promise<void>
  /**
   * Replaces the folder by a new one with the same name and messages, as after a restore. UIDVALIDITY and UIDs change.
   */
  renumber(folder: string): Promise<void>
  /** A field or the flags of all messages of a folder, one line each. */
  fetch(folder: string, item: string): Promise<string>
  close(): void
}

export async function openMailProgram(port: number, user: string, password: string): Promise<MailProgram> {
  const connection = await connectLines(port)
  await connection.until(/^\* OK/)
  let commands = 0

  async function command(text: string): Promise<string[]> {
    const tag = `p${++commands}`
    connection.send(`${tag} ${text}`)
    const lines = await connection.until(new RegExp(`^${tag} `))
    const answer = lines.pop()!
    if (!answer.startsWith(`${tag} OK`)) throw new Error(`The server refused "${text.split(' ')[0]!}": ${answer}`)
    return lines
  }

  await command(`LOGIN ${quoted(user)} ${quoted(password)}`)
  const capabilities = (await command('CAPABILITY')).join(' ').split(' ')
  const select = (folder: string) => command(`SELECT ${quoted(folder)}`)

  async function expunge(folder: string, uids: string): Promise<void> {
    await select(folder)
    await command(`UID STORE ${uids} +FLAGS.SILENT (\\Deleted)`)
    await command(`UID EXPUNGE ${uids}`)
  }

  async function move(from: string, uids: string, to: string): Promise<void> {
    await select(from)
    if (capabilities.includes('MOVE')) {
      await command(`UID MOVE ${uids} ${quoted(to)}`)
      return
    }
    await command(`UID COPY ${uids} ${quoted(to)}`)
    await expunge(from, uids)
  }

  return {
    command,
    move,
    expunge,
    async flag(folder, uid, change) {
      await select(folder)
      await command(`UID STORE ${uid} ${change}`)
    },
    async create(folder) {
      await command(`CREATE ${quoted(folder)}`)
    },
    async rename(folder, to) {
      await command(`RENAME ${quoted(folder)} ${quoted(to)}`)
    },
    async remove(folder) {
      await command(`DELETE ${quoted(folder)}`)
    },
    async renumber(folder) {
      const before = `${folder} before`
      await command(`RENAME ${quoted(folder)} ${quoted(before)}`)
      await command(`CREATE ${quoted(folder)}`)
      await move(before, '1:*', folder)
      await command('UNSELECT').catch(() => command('CLOSE'))
      await command(`DELETE ${quoted(before)}`)
    },
    async fetch(folder, item) {
      await select(folder)
      return (await command(`FETCH 1:* (UID ${item})`)).join('\n')
    },
    close: () => connection.close(),
  }
}

function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, (character) => `\\${character}`)}"`
}
