import { z } from 'zod'
import type { ErasureId } from '../../kernel/ids.ts'
import { toActor } from '../caller.ts'
import { idParam } from '../ids.ts'
import { admins, adminsAndKeys } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { otherRoute, route } from '../route.ts'
import { formatDisposition } from '../attachments/download.ts'
import {
  Addresses,
  ErasureBody,
  ErasureReportBody,
  mailByAccount,
  MailOfAccount,
  presentErasure,
  presentReport,
  readNames,
} from './erasure.ts'
import { reportText } from './report-text.ts'

export const previewErasure = ({ emailAccounts, retention }: Rooms) =>
  route({
    at: 'POST /v1/erasures/preview',
    summary:
      'Counts what the erasure of a person would delete and keep, by mailbox. Changes nothing; a POST, so that no log of requests contains the addresses. Counting ends after 5 seconds or 2000 conversations.',
    authenticate: 'person-or-key',
    permit: adminsAndKeys('admin:write'),
    validate: { body: z.strictObject({ addresses: Addresses }) },
    act: async ({ body }) => {
      const { accounts, ...preview } = await retention.erasures.preview(body.addresses)
      return { ...preview, accounts: mailByAccount({ accounts }, await readNames(emailAccounts)) }
    },
    present: {
      status: 200,
      schema: z
        .object({
          accounts: z.array(MailOfAccount),
          customerNotes: z.int(),
          suggestions: z.int().describe('Suggestions of recipients.'),
          drafts: z.int().describe('Drafts to the person alone.'),
          outbox: z.int().describe('Messages to the person that are not sent yet. Until then, an erasure is refused.'),
          isCut: z.boolean().describe('Counting ended early: counts mean "at least".'),
        })
        .meta({ id: 'ErasurePreview' }),
    },
  })

export const startErasure = ({ emailAccounts, retention }: Rooms) =>
  route({
    at: 'POST /v1/erasures',
    summary:
      'Erases a person from all mailboxes of Postkey, in the background. It cannot be undone. Nothing is deleted at the mail server or in backups, and erased mail is not imported again.',
    authenticate: 'person-or-key',
    permit: adminsAndKeys('admin:write'),
    validate: {
      body: z.strictObject({
        addresses: Addresses,
        confirm: z.string().max(320).describe('The first address, again.'),
      }),
    },
    act: async ({ body, caller }) =>
      presentReport(await retention.erasures.start(body.addresses, body.confirm, toActor(caller)), emailAccounts),
    present: { status: 201, schema: ErasureReportBody },
  })

export const listErasures = ({ emailAccounts, retention }: Rooms) =>
  route({
    at: 'GET /v1/erasures',
    summary: 'Lists the last 100 erasures of people with their counts, newest first. None names the person.',
    authenticate: 'person-or-key',
    permit: admins('admin:read'),
    validate: {},
    act: async () => {
      const names = await readNames(emailAccounts)
      return { erasures: (await retention.erasures.list()).map((each) => presentErasure(each, names)) }
    },
    present: { status: 200, schema: z.object({ erasures: z.array(ErasureBody) }) },
  })

export const getErasure = ({ emailAccounts, retention }: Rooms) =>
  route({
    at: 'GET /v1/erasures/:id',
    summary: 'Returns an erasure with its report, which grows while it runs.',
    authenticate: 'person-or-key',
    permit: admins('admin:read'),
    validate: { params: idParam<ErasureId>() },
    act: async ({ params }) => presentReport(await retention.erasures.get(params.id), emailAccounts),
    present: { status: 200, schema: ErasureReportBody },
  })

export const downloadErasureReport = ({ emailAccounts, retention }: Rooms) =>
  otherRoute({
    at: 'GET /v1/erasures/:id/report.txt',
    summary: 'Downloads the report of an erasure as text.',
    authenticate: 'person-or-key',
    permit: admins('admin:read'),
    validate: { params: idParam<ErasureId>() },
    act: async ({ params }) => presentReport(await retention.erasures.get(params.id), emailAccounts),
    present: {
      status: 200,
      contentType: 'text/plain; charset=utf-8',
      send: (erasure, reply) =>
        reply
          .header('content-disposition', formatDisposition(`erasure-${erasure.id}.txt`))
          .header('content-security-policy', "default-src 'none'; sandbox")
          .send(reportText(erasure)),
    },
  })
