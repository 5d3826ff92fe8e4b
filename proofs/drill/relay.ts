/** Mail relay of a drill, as the record of sent alerts. */
import { readMail, readSummary } from '../../sandbox/src/outside/outside-mail.ts'
import { startMailRelay } from '../mail-relay.ts'
import type { PostkeyClient } from '../walk/postkey-client.ts'

export interface ToldMail {
  subject: string
  text: string
}

export interface Relay {
  /** `host:port`. */
  host: string
  /** Configures it in Postkey, and passes the test with the code from its mail. */
  announce(client: PostkeyClient, to: string): Promise<void>
  /** Mails about a new incident, without reminders and all-clears. */
  alertsOf(incidentId: string): Promise<ToldMail[]>
  stop(): Promise<void>
}

const FROM = 'postkey@alerts.example'

export async function startRelay(): Promise<Relay> {
  const taken = await startMailRelay()
  const { port, mails } = taken

  return {
    host: `localhost:${port}`,
    async announce(client, to) {
      const relay = { host: 'localhost', port, security: 'none', from: FROM }
      await client.call('PUT', '/v1/alert-settings', { relay })
      await client.call('POST', '/v1/alert-settings/test', { to })
      const [{ text = '' } = {}] = await Promise.all(mails.slice(-1).map((mail) => readMail(Buffer.from(mail))))
      const code = /\b\d{6}\b/.exec(text)?.[0]
      if (code !== undefined) await client.call('POST', '/v1/alert-settings/confirm', { code })
    },
    async alertsOf(incidentId) {
      const told = await Promise.all(
        mails.map(async (mail) => {
          const source = Buffer.from(mail)
          return { subject: (await readSummary(source)).subject, text: (await readMail(source)).text ?? '' }
        }),
      )
      return told.filter(
        ({ subject, text }) => text.includes(incidentId) && !/^\[Postkey\] (Reminder|Closed)\b/.test(subject),
      )
    },
    stop: () => taken.close(),
  }
}
