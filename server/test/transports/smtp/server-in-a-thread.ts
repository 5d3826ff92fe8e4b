/** A submission server with TLS on its own thread, which responds even while the test's process is busy. */
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:tls'
import { parentPort, workerData } from 'node:worker_threads'

const server = createServer(workerData as { cert: string; key: string }, (socket) => {
  let text = ''
  let isData = false
  const say = (line: string) => socket.write(`${line}\r\n`)
  socket.on('error', () => undefined)
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1')
    for (;;) {
      const mark = isData ? '\r\n.\r\n' : '\r\n'
      const end = text.indexOf(mark)
      if (end < 0) return
      const line = text.slice(0, end)
      text = text.slice(end + mark.length)
      if (isData) {
        isData = false
        parentPort!.postMessage({ taken: line })
        say('250 2.0.0 OK')
      } else if (line.startsWith('EHLO')) say('250-test\r\n250 AUTH PLAIN')
      else if (line.startsWith('AUTH')) say('235 2.7.0 OK')
      else if (line === 'DATA') {
        isData = true
        say('354 go on')
      } else say('250 2.0.0 OK')
    }
  })
  say('220 test ESMTP')
})
server.listen(0, '127.0.0.1', () => parentPort!.postMessage({ port: (server.address() as AddressInfo).port }))
