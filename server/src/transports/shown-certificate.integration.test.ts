import { createServer, type AddressInfo, type Socket } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { shownCertificate } from './shown-certificate.ts'

const sockets = new Set<Socket>()
let stop: () => void = () => undefined
afterEach(() => {
  for (const socket of sockets) socket.destroy()
  stop()
})

async function lookAt(answer: (line: string, socket: Socket) => void) {
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined).on('data', (data) => answer(data.toString(), socket))
    socket.write('220 test\r\n')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  stop = () => server.close()
  const { port } = server.address() as AddressInfo
  return shownCertificate({ host: 'localhost', port, tls: 'starttls' }, '127.0.0.1', 'smtp')
}

it.each<[string, (line: string, socket: Socket) => void]>([
  ['goes away instead of an answer', (_line, socket) => socket.end()],
  [
    'goes away in the handshake',
    (line, socket) => (line.startsWith('EHLO') ? socket.write('250 test\r\n') : socket.end('220 go\r\n')),
  ],
  ['never stops talking', (_line, socket) => socket.write('250-more\r\n'.repeat(5000))],
  ['speaks no TLS', (line, socket) => socket.write(line.startsWith('EHLO') ? '250 test\r\n' : '220 no, you go\r\n')],
])('the certificate is left out, within the time limit, when the server %s', async (_what, answer) => {
  expect(await lookAt(answer)).toBeUndefined()
})
