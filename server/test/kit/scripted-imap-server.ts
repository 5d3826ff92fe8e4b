/**
 * For tests: a small IMAP server like Exchange's, without extensions. On request it misbehaves as no real server does:
 * it reports wrong sizes, stops answering, sends slowly, closes the connection, or names impossible UIDs.
 */
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'

export interface ScriptedMessage {
  uid: number
  raw: string
  flags?: string[]
  internalDate?: string
  /** Reported RFC822.SIZE; the real size when absent. */
  claims?: number
}

export interface ScriptedFolder {
  uidValidity?: number | undefined
  /** Reported UIDNEXT; `undefined` when the server doesn't report it. */
  uidNext?: number | undefined
  messages: ScriptedMessage[]
}

/** Returns true when it has answered. */
export type Twist = (command: { tag: string; line: string; socket: Socket; path: string | undefined }) => boolean

export interface ScriptedServer {
  port: number
  folders: Map<string, ScriptedFolder>
  /** Handles a command before the server, and may answer instead of it. */
  twist: Twist
  capabilities: string
  /** All received commands, without their tags. */
  readonly commands: string[]
  readonly connections: ReadonlySet<Socket>
  /** Number of sign-ins. */
  signIns: number
  /** Sends a line to all connections in IDLE. */
  tellIdle(line: string): void
  close(): Promise<void>
}

const DATE = '20-Dec-2025 10:00:00 +0000'

export async function startScriptedServer(): Promise<ScriptedServer> {
  const connections = new Set<Socket>()
  const idling = new Map<Socket, string>()
  const commands: string[] = []
  const scripted: ScriptedServer = {
    port: 0,
    folders: new Map([['INBOX', { uidValidity: 7, uidNext: 1, messages: [] }]]),
    twist: () => false,
    capabilities: 'IMAP4rev1 AUTH=PLAIN AUTH=XOAUTH2 SASL-IR UIDPLUS IDLE NAMESPACE LITERAL+',
    commands,
    connections,
    signIns: 0,
    tellIdle(line) {
      for (const socket of idling.keys()) socket.write(`${line}\r\n`)
    },
    close: () =>
      new Promise((resolve) => {
        for (const socket of connections) socket.destroy()
        server.close(() => resolve())
      }),
  }

  const server: Server = createServer((socket) => {
    connections.add(socket)
    socket.on('close', () => {
      connections.delete(socket)
      idling.delete(socket)
    })
    socket.on('error', () => undefined)
    let path: string | undefined
    let rest = ''
    let appending: { tag: string; name: string; bytes: number } | undefined
    socket.write('* OK The Microsoft Exchange IMAP4 service is ready.\r\n')
    socket.on('data', (data) => {
      rest += data.toString('latin1')
      takeLiteral()
      for (let end = rest.indexOf('\r\n'); end >= 0; end = rest.indexOf('\r\n')) {
        const line = rest.slice(0, end)
        rest = rest.slice(end + 2)
        answer(line)
        takeLiteral()
      }
    })

    function takeLiteral(): void {
      if (!appending || rest.length < appending.bytes) return
      const { tag, name, bytes } = appending
      const raw = rest.slice(0, bytes)
      rest = rest.slice(rest.indexOf('\r\n', bytes) + 2)
      appending = undefined
      const folder = scripted.folders.get(name)!
      const uid = (folder.messages.at(-1)?.uid ?? 0) + 1
      folder.messages.push({ uid, raw })
      folder.uidNext = uid + 1
      socket.write(`${tag} OK [APPENDUID ${folder.uidValidity} ${uid}] APPEND completed.\r\n`)
    }

    function answer(whole: string): void {
      const idle = idling.get(socket)
      if (idle !== undefined && whole === 'DONE') {
        idling.delete(socket)
        socket.write(`${idle} OK IDLE completed.\r\n`)
        return
      }
      const [, tag = '', line = ''] = /^(\S+) (.*)$/s.exec(whole) ?? []
      if (tag === '') {
        if (challenged !== undefined) {
          scripted.signIns++
          socket.write(`${challenged} OK AUTHENTICATE completed.\r\n`)
          challenged = undefined
        }
        return
      }
      commands.push(line)
      if (scripted.twist({ tag, line, socket, path })) return
      const ok = (text = 'completed.') => socket.write(`${tag} OK ${text}\r\n`)
      const [word = '', second = ''] = line.toUpperCase().split(' ')
      switch (word) {
        case 'CAPABILITY':
          socket.write(`* CAPABILITY ${scripted.capabilities}\r\n`)
          return void ok()
        case 'AUTHENTICATE':
          if (second === 'PLAIN') {
            challenged = tag
            return void socket.write('+ \r\n')
          }
          scripted.signIns++
          return void ok('AUTHENTICATE completed.')
        case 'LOGIN':
          scripted.signIns++
          return void ok()
        case 'NAMESPACE':
          socket.write('* NAMESPACE (("" "/")) NIL NIL\r\n')
          return void ok()
        case 'LIST':
          for (const name of scripted.folders.keys()) socket.write(`* LIST (\\HasNoChildren) "/" ${quoted(name)}\r\n`)
          return void ok()
        case 'STATUS': {
          const folder = scripted.folders.get(nameIn(line))
          const count = folder?.messages.length ?? 0
          socket.write(`* STATUS ${quoted(nameIn(line))} (MESSAGES ${count} UNSEEN ${count})\r\n`)
          return void ok()
        }
        case 'EXAMINE':
        case 'SELECT': {
          const folder = scripted.folders.get(nameIn(line))
          if (!folder) return void socket.write(`${tag} NO ${nameIn(line)} doesn't exist.\r\n`)
          path = nameIn(line)
          socket.write(`* ${folder.messages.length} EXISTS\r\n* 0 RECENT\r\n* FLAGS (\\Seen \\Deleted)\r\n`)
          if (folder.uidValidity !== undefined)
            socket.write(`* OK [UIDVALIDITY ${folder.uidValidity}] UIDVALIDITY value\r\n`)
          if (folder.uidNext !== undefined)
            socket.write(`* OK [UIDNEXT ${folder.uidNext}] The next unique identifier value\r\n`)
          return void ok('[READ-ONLY] EXAMINE completed.')
        }
        case 'CLOSE':
        case 'UNSELECT':
          path = undefined
          return void ok()
        case 'APPEND': {
          const [, bytes, isSent] = /\{(\d+)(\+)?\}$/.exec(line) ?? []
          appending = { tag, name: nameIn(line), bytes: Number(bytes) }
          if (isSent === undefined) socket.write('+ Ready for additional command text.\r\n')
          return
        }
        case 'FETCH':
          fetch(line, false)
          return void ok()
        case 'UID':
          if (second === 'FETCH') fetch(line.slice(4), true)
          else search(line)
          return void ok()
        case 'IDLE':
          idling.set(socket, tag)
          return void socket.write('+ IDLE accepted, awaiting DONE command.\r\n')
        case 'LOGOUT':
          socket.write('* BYE Microsoft Exchange Server IMAP4 server signing off.\r\n')
          ok()
          return void socket.end()
        default:
          return void ok()
      }
    }
    let challenged: string | undefined

    function fetch(line: string, byUid: boolean): void {
      const [, set = '', items = ''] = /^FETCH (\S+) (.*)$/i.exec(line) ?? []
      const { messages = [] } = scripted.folders.get(path ?? '') ?? {}
      messages.forEach((message, at) => {
        if (isIn(byUid ? message.uid : at + 1, set, byUid ? (messages.at(-1)?.uid ?? 0) : messages.length)) {
          socket.write(fetched(message, at + 1, items))
        }
      })
    }

    function search(line: string): void {
      const wanted = /MESSAGE-ID "?(<[^"]*>)"?/i.exec(line)?.[1]
      const { messages = [] } = scripted.folders.get(path ?? '') ?? {}
      const passesDeleted = !line.toUpperCase().includes(' UNDELETED')
      const found = messages.filter(
        ({ raw, flags = [] }) =>
          (wanted === undefined || raw.includes(wanted)) && (passesDeleted || !flags.includes('\\Deleted')),
      )
      socket.write(`* SEARCH ${found.map(({ uid }) => uid).join(' ')}\r\n`)
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  scripted.port = (server.address() as AddressInfo).port
  return scripted
}

export function fetched(
  { uid, raw, flags = [], internalDate = DATE, claims }: ScriptedMessage,
  seq: number,
  items: string,
): string {
  const said = [`UID ${uid}`]
  if (/FLAGS/i.test(items)) said.push(`FLAGS (${flags.join(' ')})`)
  if (/INTERNALDATE/i.test(items)) said.push(`INTERNALDATE "${internalDate}"`)
  if (/RFC822\.SIZE/i.test(items)) said.push(`RFC822.SIZE ${claims ?? raw.length}`)
  if (/ENVELOPE/i.test(items)) {
    const messageId = /^message-id: *(\S+)/im.exec(raw)?.[1]
    said.push(`ENVELOPE (${'NIL '.repeat(9)}${messageId === undefined ? 'NIL' : quoted(messageId)})`)
  }
  const body = /BODY\.PEEK\[(HEADER)?\](?:<(\d+)\.(\d+)>)?/i.exec(items)
  if (!body) return `* ${seq} FETCH (${said.join(' ')})\r\n`
  const all = body[1] === undefined ? raw : raw.slice(0, raw.indexOf('\r\n\r\n') + 4)
  const start = Number(body[2] ?? 0)
  const part = body[3] === undefined ? all : all.slice(start, start + Number(body[3]))
  const section = `BODY[${body[1] ?? ''}]${body[2] === undefined ? '' : `<${start}>`}`
  return `* ${seq} FETCH (${said.join(' ')} ${section} {${part.length}}\r\n${part})\r\n`
}

function isIn(number: number, set: string, highest: number): boolean {
  return set.split(',').some((part) => {
    const [a = '', b = a] = part.split(':')
    const ends = [a, b].map((end) => (end === '*' ? highest : Number(end)))
    return number >= Math.min(...ends) && number <= Math.max(...ends)
  })
}

function nameIn(line: string): string {
  const [, quotedName, atom = ''] = /^\S+ (?:"((?:[^"\\]|\\.)*)"|(\S+))/.exec(line) ?? []
  return quotedName ?? atom
}

function quoted(name: string): string {
  return `"${name.replaceAll(/["\\]/g, '\\$&')}"`
}
