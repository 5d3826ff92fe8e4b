import { setTimeout } from 'node:timers/promises'
import { expect } from 'vitest'
import type { Guide } from './guide-pages.ts'
import type { GuideStage, LanguageStage } from './guide-stage.ts'
import { waitUntil } from './wait-until.ts'

/** The message arrives once, although its event is delivered twice; a forged request is refused. */
export async function receiveByWebhook(_stage: GuideStage, of: LanguageStage, guide: Guide): Promise<string> {
  const url = `http://127.0.0.1:${of.port}/hook`
  if (of.language === 'sh') return createByShell(of, guide, url)
  const wanted = { name: of.language, url, kinds: ['message.received'], accounts: [of.accountKey], include: 'message' }
  const { id, secret } = await of.call<{ id: string; secret: string }>('POST', '/v1/webhooks', wanted)
  const started = of.start(guide[of.language], { SECRET: secret })
  await started.printed('Ready\n')

  const { after } = await positionOf(of)
  await of.receive(of.customer('webhook').address, { subject: 'The kettle leaks', text: 'Help!' })
  await started.printed('The kettle leaks\n')
  await of.call('POST', `/v1/webhooks/${id}/replay`, { after })
  await waitUntil('two deliveries', async () => (await deliveredTo(of, id)) === 2)
  const headers = { 'webhook-id': '1', 'webhook-timestamp': String(Math.floor(Date.now() / 1000)) }
  const forged = { method: 'POST', headers: { ...headers, 'webhook-signature': 'v1,AAAA' }, body: '{"id":1}' }
  expect((await fetch(url, forged)).status).toBe(401)
  await started.stop()

  // A restart repeats nothing that was done.
  const again = started.again()
  await again.printed('Ready\n')
  await again.stop()
  expect(again.output()).toBe('Ready\n')
  await of.call('DELETE', `/v1/webhooks/${id}`)
  return started.output()
}

/** The program creates the webhook; the receiver is the one in TypeScript. */
async function createByShell(of: LanguageStage, guide: Guide, url: string): Promise<string> {
  const started = of.start(guide.sh, { HOOK: url })
  await started.printed('SECRET=')
  const secret = started.output().replace('SECRET=', '').trim()
  const receiver = of.start(guide.ts, { SECRET: secret }, 'ts')
  await receiver.printed('Ready\n')
  started.enter('')
  const output = await started.ended()
  await receiver.stop()

  type Listed = { id: string; url: string; kinds: string[]; accounts: string[] }
  const { webhooks } = await of.call<{ webhooks: Listed[] }>('GET', '/v1/webhooks')
  const { emailAccounts } = await of.call<{ emailAccounts: { id: string; key: string }[] }>('GET', '/v1/email-accounts')
  const created = webhooks.find(({ url: origin }) => origin === new URL(url).origin)!
  const { id } = emailAccounts.find(({ key }) => key === of.accountKey)!
  expect(created).toMatchObject({ kinds: ['message.received'], accounts: [id] })
  await of.call('DELETE', `/v1/webhooks/${created.id}`)
  return output
}

async function deliveredTo(of: LanguageStage, id: string): Promise<number> {
  const { deliveries } = await of.call<{ deliveries: { state: string }[] }>('GET', `/v1/webhooks/${id}/deliveries`)
  return deliveries.filter(({ state }) => state === 'delivered').length
}

/** The position is stored: after a stop, only what came meanwhile is printed. */
export async function followEvents(_stage: GuideStage, of: LanguageStage, guide: Guide): Promise<string> {
  const started = of.start(guide[of.language], {})
  const { address } = of.customer('events')
  await started.printed('Ready\n')
  await of.receive(address, { subject: 'The lid is missing', text: 'Where is it?' })
  await started.printed('The lid is missing\n')
  // The position is stored after the output.
  await setTimeout(300)
  await started.stop()

  await of.receive(address, { subject: 'The lid came', text: 'Thank you.' })
  const again = started.again()
  await again.printed('The lid came\n')
  await again.stop()
  expect(again.output()).toBe('Ready\nmessage.received: The lid came\n')
  return started.output()
}

/** The message is sent, then a server of the recipient reports that it can't be delivered. */
export async function watchDelivery(stage: GuideStage, of: LanguageStage, guide: Guide): Promise<string> {
  const recipient = 'old.customer@gone.example'
  const { after } = await positionOf(of)
  const started = of.start(guide[of.language], { AFTER: String(after) })
  const message = {
    emailAccountId: of.accountKey,
    to: [{ address: recipient }],
    subject: 'Your invoice',
    text: 'See below.',
  }
  const key = { 'idempotency-key': `delivery-${of.language}` }
  const { id } = await of.call<{ id: string }>('POST', '/v1/submissions', message, key)
  await started.printed('sent: Your invoice\n')
  type Sent = { messageId: string; remoteMessageId?: string }
  const { messageId, remoteMessageId } = await of.call<Sent>('GET', `/v1/submissions/${id}`)

  const report = reportFor({ to: of.address, recipient, messageId: remoteMessageId ?? messageId })
  const query = new URLSearchParams({ from: '<>', to: of.address })
  const posted = await fetch(`${stage.postkey.sandbox.controlPanel}/api/outside/raw?${query.toString()}`, {
    ...{ method: 'POST', headers: { 'content-type': 'message/rfc822' }, body: report },
  })
  expect(posted.ok, await posted.text()).toBe(true)
  await started.printed('(5.1.1)\n')
  await started.stop()
  return started.output()
}

async function positionOf(of: LanguageStage): Promise<{ after: number }> {
  return { after: (await of.call<{ next: number }>('GET', '/v1/events?after=now')).next }
}

function reportFor({ to, recipient, messageId }: { to: string; recipient: string; messageId: string }): string {
  return [
    'From: Mail Delivery System <MAILER-DAEMON@mx.gone.example>',
    `To: ${to}`,
    'Subject: Undelivered Mail Returned to Sender',
    `Message-ID: <${Date.now()}.${to}.report@mx.gone.example>`,
    'Auto-Submitted: auto-replied',
    'MIME-Version: 1.0',
    'Content-Type: multipart/report; report-type=delivery-status; boundary="report"',
    '',
    '--report',
    'Content-Type: text/plain',
    '',
    'Your message could not be delivered.',
    '--report',
    'Content-Type: message/delivery-status',
    '',
    'Reporting-MTA: dns; mx.gone.example',
    '',
    `Final-Recipient: rfc822; ${recipient}`,
    'Action: failed',
    'Status: 5.1.1',
    'Diagnostic-Code: smtp; 550 5.1.1 User unknown',
    '',
    '--report',
    'Content-Type: text/rfc822-headers',
    '',
    `Message-ID: <${messageId}>`,
    'Subject: Your invoice',
    '',
    '--report--',
    '',
  ].join('\r\n')
}
