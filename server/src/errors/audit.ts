import type { Entries } from './error-entry.ts'

/** Errors of forwarding the audit list. */
export const AUDIT = {
  'audit.forwarding_failed': {
    title: 'The audit list can’t be forwarded',
    fix: 'The detail and "postkey doctor" say why. Check the receiver, and POSTKEY_AUDIT_FILE or POSTKEY_AUDIT_SYSLOG. Entries wait in the database until they reach the age of the audit list under Data retention, and are forwarded in order once it works again.',
    remedy: 'admin',
    scope: 'installation',
    status: 503,
    submission: 'fail',
  },
  'audit.file_not_written': {
    title: 'The file of the audit list can’t be written',
    fix: 'Check that the user of Postkey may write the file of POSTKEY_AUDIT_FILE, and that its disk has space and answers. Postkey tries again, and continues with the entry that failed.',
    remedy: 'admin',
    scope: 'installation',
    status: 503,
    submission: 'fail',
  },
  'audit.receiver_failed': {
    title: 'The syslog receiver of the audit list didn’t accept the entries',
    fix: 'Check that the receiver of POSTKEY_AUDIT_SYSLOG runs, and that no firewall blocks its port. With tls://, its certificate must be valid for the host name; for a certificate of your own authority, set POSTKEY_AUDIT_SYSLOG_CA. Postkey tries again, and continues with the entry that failed.',
    remedy: 'admin',
    scope: 'installation',
    status: 503,
    submission: 'fail',
  },
  'audit.destination_differs': {
    title: 'Another server forwards the audit list to another destination',
    fix: 'Set the same POSTKEY_AUDIT_SYSLOG on all servers, and POSTKEY_AUDIT_FILE on one only. To change the destination, restart all servers with the new one: it continues two minutes after the last server with the old one has stopped.',
    remedy: 'admin',
    scope: 'installation',
    status: 503,
    submission: 'fail',
  },
  'audit.deleted_unsent': {
    title: 'Audit entries were deleted before they were forwarded',
    fix: 'Under Settings, Data retention, set an age of the audit list that is longer than any outage of the receiver. The deleted entries are only in backups of that time. This closes a week after the last deletion.',
    remedy: 'admin',
    scope: 'installation',
    status: 503,
    submission: 'fail',
  },
} as const satisfies Entries<'audit'>
