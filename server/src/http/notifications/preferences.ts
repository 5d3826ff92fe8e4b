import { z } from 'zod'
import type { EmailAccountId } from '../../kernel/ids.ts'
import type { PersonCaller } from '../caller.ts'
import { personOf, sees } from '../caller.ts'
import { DIGEST_INTERVALS } from '../../notifications/index.ts'
import { line } from '../fields.ts'
import { id, idParam } from '../ids.ts'
import { signedInMembers } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { TEXTS } from '../texts.ts'
import { Kind } from './notification.ts'

const time = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, TEXTS.timeOfDay)
const timeZone = line.min(1).max(64).describe('Name in the time zone database, such as Europe/Berlin.')
const quietHours = { from: time, to: time.describe('Before `from`: on the next morning.') }
const kinds = z.array(Kind).max(Kind.options.length)

const interval = z.enum(DIGEST_INTERVALS)

const Preferences = z
  .object({
    digest: z.object({
      interval,
      emailAccountId: z.string().optional().describe('Mailbox that sends it; absent after its removal.'),
    }),
    timeZone: timeZone.optional().describe('Absent until the person saved their settings.'),
    quietHours: z.object(quietHours).optional(),
    emailAccounts: z.array(z.object({ emailAccountId: z.string(), name: z.string(), kinds })),
  })
  .meta({ id: 'NotificationPreferences' })

export const getNotificationPreferences = (rooms: Rooms) =>
  route({
    at: 'GET /v1/notifications/preferences',
    summary: 'Returns the notification preferences of the signed-in person, with their mailboxes.',
    authenticate: 'person',
    permit: signedInMembers,
    validate: {},
    act: ({ caller }) => readPreferences(rooms, personOf(caller)),
    present: { status: 200, schema: Preferences },
  })

export const setNotificationPreferences = (rooms: Rooms) =>
  route({
    at: 'PUT /v1/notifications/preferences',
    summary: 'Sets time zone, quiet hours and digest of the signed-in person. The digest goes to their login address.',
    authenticate: 'person',
    permit: signedInMembers,
    whose: ({ body }) => body.digest.emailAccountId,
    validate: {
      body: z.strictObject({
        timeZone,
        quietHours: z.strictObject(quietHours).optional(),
        digest: z.strictObject({
          interval,
          emailAccountId: id<EmailAccountId>().optional().describe('Mailbox that sends it.'),
        }),
      }),
    },
    act: async ({ body, caller }) => {
      const person = personOf(caller)
      const { digest } = body
      await rooms.notifications.preferences.saveSettings(person.person, {
        ...{ timeZone: body.timeZone, quietHours: body.quietHours },
        digest: { interval: digest.interval, emailAccountId: digest.emailAccountId },
      })
      return readPreferences(rooms, person)
    },
    present: { status: 200, schema: Preferences },
  })

export const chooseNotifications = ({ notifications }: Rooms) =>
  route({
    at: 'PUT /v1/notifications/preferences/:id',
    summary: 'Chooses the kinds of notifications of a mailbox for the signed-in person.',
    authenticate: 'person',
    permit: signedInMembers,
    whose: ({ params }) => params.id,
    validate: { params: idParam<EmailAccountId>(), body: z.strictObject({ kinds }) },
    act: ({ params, body, caller }) => notifications.preferences.choose(personOf(caller).id, params.id, body.kinds),
    present: { status: 204 },
  })

async function readPreferences({ notifications: { preferences }, emailAccounts }: Rooms, person: PersonCaller) {
  const mine = (await emailAccounts.list()).filter((account) => sees(person, account.id))
  const choices = await preferences.choices(
    person.id,
    mine.map((account) => account.id),
  )
  return {
    ...(await preferences.settings(person.id)),
    emailAccounts: choices.map((choice, n) => ({ ...choice, name: mine[n]!.name.trim() || mine[n]!.address })),
  }
}
