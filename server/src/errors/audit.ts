import type { Entries } from './error-entry.ts'

/** Errors of forwarding the audit list. */
export const AUDIT = {
  'audit.forwarding_failed': {
    title: 'The audit list can’t be forwarded',
    fix: 'The detail and "postkey doctor" say why. Check the receiver, and POSTKEY_AUDIT_FILE or POSTKEY_AUDIT_SYSLOG. All entries are kept, and forwarded in order once it works again.',
    remedy: 'admin',
    scope: 'installation',
    status: 503,
    submission: 'fail',
  },
  'audit.file_not_written': {
    title: 'The file of the audit list can’t be written',
    fix: 'Check that the user of Postkey may write the file of POSTKEY_AUDIT_FILE, and that its disk has space. Postkey tries again, and no entry is lost.',
    remedy: 'admin',
    scope: 'installation',
    status: 503,
    submission: 'fail',
  },
  'audit.receiver_failed': {
    title: 'The syslog receiver of the audit list didn’t accept the entries',
    fix: 'Check that the receiver of POSTKEY_AUDIT_SYSLOG runs, and that no firewall blocks its port. With tls://, its certificate must be valid for the host name; for a certificate of your own authority, set POSTKEY_AUDIT_SYSLOG_CA. Postkey tries again, and no entry is lost.',
    remedy: 'admin',
    scope: 'installation',
    status: 503,
    submission: 'fail',
  },
} as const satisfies Entries<'audit'>
