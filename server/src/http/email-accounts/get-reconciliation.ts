import { z } from 'zod'
import type { EmailAccountId } from '../../kernel/ids.ts'
import type { Reconciled } from '../../sync/index.ts'
import { Time } from '../fields.ts'
import { idParam } from '../ids.ts'
import { members } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'

const figures = {
  comparisons: z.int().describe('Number of comparisons of the server with stored mail.'),
  comparedAt: Time.optional().describe('Time of the last comparison; absent before the first.'),
  missingFound: z.int().describe('Messages on the server that no reading had found.'),
  broughtIn: z.int().describe('Those of them that were stored; the others are quarantined and retried.'),
  leftFound: z.int().describe('Messages that had left the folder without a report by the server.'),
}

export const getReconciliation = ({ emailAccounts, sync }: Rooms) =>
  route({
    at: 'GET /v1/email-accounts/:id/reconciliation',
    summary:
      'Returns the results of reconciliation, which compares the mailbox with its server about once an hour, folder by folder.',
    authenticate: 'person-or-key',
    permit: members('mail:read'),
    whose: ({ params }) => params.id,
    validate: { params: idParam<EmailAccountId>() },
    act: async ({ params: { id } }) => {
      await emailAccounts.get(id)
      const folders = await sync.reconciledOf(id)
      return { ...sumOf(folders), folders }
    },
    present: {
      status: 200,
      schema: z
        .object({ ...figures, folders: z.array(z.object({ name: z.string(), ...figures })) })
        .meta({ id: 'Reconciliation' }),
    },
  })

/** A mailbox counts as compared when the last of its folders was. */
function sumOf(folders: readonly Reconciled[]) {
  const sum = (figure: 'comparisons' | 'missingFound' | 'broughtIn' | 'leftFound') =>
    folders.reduce((total, folder) => total + folder[figure], 0)
  const times = folders.map(({ comparedAt }) => comparedAt?.getTime() ?? 0)
  const earliest = Math.min(...times)
  return {
    comparisons: sum('comparisons'),
    comparedAt: folders.length > 0 && earliest > 0 ? new Date(earliest) : undefined,
    missingFound: sum('missingFound'),
    broughtIn: sum('broughtIn'),
    leftFound: sum('leftFound'),
  }
}
