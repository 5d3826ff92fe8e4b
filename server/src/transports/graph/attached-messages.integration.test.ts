import { expect, it } from 'vitest'
import { emailAccountsForTest } from '../../../test/kit/index.ts'

const BEN = 'ben@contoso.example'
const mailboxes = await emailAccountsForTest()

it('an attached message gets a file name that mail programs open', async () => {
  const ben = await mailboxes.open(BEN, 'me')
  const message = ['Subject: Order 7', '', 'Inside']
  const mime = [
    ...['From: kim@customer.example', `To: ${BEN}`, 'Subject: With a message', 'Message-ID: <within@customer.example>'],
    ...['Content-Type: multipart/mixed; boundary=b', '', '--b', '', 'Hello'],
    ...['--b', 'Content-Type: message/rfc822', '', ...message, '--b--', ''],
  ]
  const url = `${mailboxes.sandbox.controlPanel}/api/outside/raw?from=kim@customer.example&to=${BEN}`
  const headers = { 'content-type': 'message/rfc822' }
  expect((await fetch(url, { method: 'POST', headers, body: mime.join('\r\n') })).ok).toBe(true)
  const found = () => ben.findByMessageId('within@customer.example')
  await expect.poll(async () => (await found()).length).toBe(1)
  const [received] = await found()
  expect(await ben.listAttachments(received!.remoteId)).toMatchObject([{ name: 'Order 7.eml', kind: 'item' }])
})
