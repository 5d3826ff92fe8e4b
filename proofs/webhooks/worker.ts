/** A server that delivers webhooks. Its parent moves its clock, and kills it. */
import { openWebhooks, type WebhookStage } from './rooms.ts'

export type ToDeliverer = { kind: 'open'; stage: WebhookStage } | { kind: 'clock'; aheadMs: number }

let rooms: Awaited<ReturnType<typeof openWebhooks>> | undefined

process.on('message', (message: ToDeliverer) => {
  if (message.kind === 'clock') {
    rooms?.setAhead(message.aheadMs)
    rooms?.webhooks.service.poke()
    return
  }
  void openWebhooks(message.stage).then(async (opened) => {
    rooms = opened
    await opened.epoch.open()
    await opened.webhooks.service.start()
    process.send!({ kind: 'ready' })
  })
})
process.on('disconnect', () => process.exit())
