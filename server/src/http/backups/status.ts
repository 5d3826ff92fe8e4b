import { z } from 'zod'
import { storedReason } from '../../kernel/errors.ts'
import { Reason, Time } from '../fields.ts'
import { adminsAndAuditors } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'

const made = {
  madeBy: z.enum(['schedule', 'command']).describe('`command`: the command line.'),
  server: z.string().describe('Host name.'),
  startedAt: Time.describe('Moment whose rows it has.'),
}

const BackupStatus = z
  .object({
    last: z
      .object({ ...made, endedAt: Time, path: z.string(), sizeBytes: z.int() })
      .optional()
      .describe('Last complete backup.'),
    failure: z
      .object({ ...made, reason: Reason, cause: z.string().optional() })
      .optional()
      .describe('Last scheduled backup, if it failed.'),
    running: z.object(made).optional().describe('Scheduled backup without an end.'),
    schedule: z
      .object({ folder: z.string(), isEncrypted: z.boolean(), nextAt: Time })
      .optional()
      .describe('Absent if the server makes no backups.'),
    overdueAt: Time.optional().describe('Time from which the last backup is too old; absent if none is expected.'),
    isOverdue: z.boolean(),
  })
  .meta({ id: 'BackupStatus' })

export const getBackupStatus = ({ backups }: Rooms) =>
  route({
    at: 'GET /v1/backup-status',
    summary: 'Returns the last backup, its failure, and the schedule.',
    authenticate: 'person-or-key',
    permit: adminsAndAuditors('admin:read'),
    validate: {},
    async act() {
      const { complete, failure, unfinished, schedule, nextAt, overdueAt, isOverdue } = await backups.status()
      return {
        last: complete,
        failure: failure && { ...failure, reason: storedReason(failure.code) },
        running: unfinished,
        schedule: schedule && {
          folder: schedule.folder,
          isEncrypted: schedule.recipients.length > 0,
          nextAt: nextAt!,
        },
        overdueAt,
        isOverdue,
      }
    },
    present: { status: 200, schema: BackupStatus },
  })
