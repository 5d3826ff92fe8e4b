/** Mail servers, or proxies in front of them, that repeat the line with the password in an error. */
import { createServer, type AddressInfo, type Server } from 'node:net'

export interface Echoes {
  imapPort: number
  smtpPort: number
  /** Number of passwords shown over IMAP and over SMTP. */
  shown(): [byImap: number, bySmtp: number]
  stop(): Promise<void>
}

type Answer = (line: string, shown: () => void) => string

export async function startEchoes(): Promise<Echoes> {
  const shown: [number, number] = [0, 0]
  const imap = await serve('* OK ready', imapAnswer, () => shown[0]++)
  const smtp = await serve('220 ready', smtpAnswer, () => shown[1]++)
  return {
    imapPort: portOf(imap),
    smtpPort: portOf(smtp),
    shown: () => shown,
    async stop() {
      for (const server of [imap, smtp]) await new Promise((resolve) => server.close(resolve))
    },
  }
}

const imapAnswer: Answer = (line, shown) => {
  const [tag, command = ''] = line.split(' ')
  if (command === 'CAPABILITY') return `* CAPABILITY IMAP4rev1\r\n${tag} OK done`
  if (command !== 'LOGIN') return `${tag} OK done`
  shown()
  return `${tag} NO [${line.split(' ').at(-1)}] what is "${line}"`
}

const smtpAnswer: Answer = (line, shown) => {
  if (line.startsWith('EHLO')) return '250-echo\r\n250 AUTH PLAIN'
  if (!line.startsWith('AUTH')) return '250 fine'
  shown()
  const decoded = Buffer.from(line.split(' ')[2] ?? '', 'base64')
    .toString()
    .replaceAll('\0', ' ')
  return `535 5.7.8 what is "${line}", that is "${decoded}"`
}

async function serve(greeting: string, answer: Answer, shown: () => void): Promise<Server> {
  const server = createServer((socket) => {
    let text = ''
    socket.on('error', () => undefined)
    socket.write(`${greeting}\r\n`)
    socket.on('data', (chunk) => {
      const lines = (text + chunk.toString('latin1')).split('\r\n')
      text = lines.pop() ?? ''
      for (const line of lines) socket.write(`${answer(line, shown)}\r\n`)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port
}
