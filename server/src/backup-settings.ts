/** Settings of scheduled backups, as the environment has them. */
import { isAbsolute, resolve } from 'node:path'
import { createEncryption, parseKeep, parseRecipients, parseTimes, type BackupSchedule } from './backup/index.ts'
import { examinePath } from './file-faults.ts'

const HOUR_MS = 60 * 60_000

export const BACKUP_VARIABLES = [
  {
    name: 'POSTKEY_BACKUP_FOLDER',
    sentence:
      'Existing folder in which the server makes scheduled backups, on another disk than the database. Without it, none are made.',
    example: '/srv/backups',
    fault: backupFolderFault,
  },
  {
    name: 'POSTKEY_BACKUP_TIMES',
    sentence: 'Times of scheduled backups in UTC: HH:MM, separated by commas. A missed one is made at the next start.',
    default: '02:00',
    fault: backupTimesFault,
  },
  {
    name: 'POSTKEY_BACKUP_KEEP',
    sentence:
      'Scheduled backups that are kept: their number, such as 14, or their age in days, such as 30d. The last complete one is never deleted, nor files that the schedule did not make.',
    default: '14',
    fault: backupKeepFault,
  },
  {
    name: 'POSTKEY_BACKUP_RECIPIENTS',
    sentence:
      'Public keys of age, separated by commas, that scheduled backups and those of "postkey backup" are encrypted to. Without them, backups have all mail in clear text.',
    fault: recipientsFault,
  },
  {
    name: 'POSTKEY_BACKUP_OVERDUE_HOURS',
    sentence:
      'Hours since the last backup, also of "postkey backup", after which an incident opens: 1 to 1000. Default: the longest pause of POSTKEY_BACKUP_TIMES and 2 hours; without POSTKEY_BACKUP_FOLDER, no incident opens.',
    example: '26',
    fault: (value: string) =>
      /^\d{1,4}$/.test(value) && Number(value) >= 1 && Number(value) <= 1000
        ? undefined
        : 'must be a whole number from 1 to 1000',
  },
] as const

interface BackupVariables {
  POSTKEY_BACKUP_FOLDER?: string
  POSTKEY_BACKUP_TIMES?: string
  POSTKEY_BACKUP_KEEP?: string
  POSTKEY_BACKUP_RECIPIENTS?: string
  POSTKEY_BACKUP_OVERDUE_HOURS?: string
}

/** Schedule of valid settings; `undefined` without a folder. */
export function scheduleOf(set: BackupVariables): BackupSchedule | undefined {
  if (set.POSTKEY_BACKUP_FOLDER === undefined) return undefined
  return {
    folder: resolve(set.POSTKEY_BACKUP_FOLDER),
    times: parseTimes(set.POSTKEY_BACKUP_TIMES!)!,
    keep: parseKeep(set.POSTKEY_BACKUP_KEEP!)!,
    recipients: set.POSTKEY_BACKUP_RECIPIENTS === undefined ? [] : parseRecipients(set.POSTKEY_BACKUP_RECIPIENTS),
  }
}

/** Age in milliseconds at which the last backup is overdue, if it is set. */
export function overdueOf({ POSTKEY_BACKUP_OVERDUE_HOURS: hours }: BackupVariables): number | undefined {
  return hours === undefined ? undefined : Number(hours) * HOUR_MS
}

/** A missing folder is no fault: its disk may be absent for a while, which an incident reports. */
function backupFolderFault(value: string): string | undefined {
  if (!isAbsolute(value)) return 'must be an absolute path'
  const { stats, fault } = examinePath(value)
  return stats && !stats.isDirectory() ? 'is not a folder' : fault
}

function backupTimesFault(value: string): string | undefined {
  return parseTimes(value) ? undefined : 'must be times such as 02:00 or 00:30,12:30, at most 24'
}

function backupKeepFault(value: string): string | undefined {
  return parseKeep(value) ? undefined : 'must be a number from 1 to 999, with d for days'
}

/** Without the value: it may be a private key, given by mistake. */
function recipientsFault(value: string): string | undefined {
  try {
    createEncryption(parseRecipients(value))
    return undefined
  } catch {
    return 'must be public keys of age, which begin with age1, with commas between'
  }
}
