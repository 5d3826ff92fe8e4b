import type { CatalogueEntry } from './errors.ts'

/** What may go wrong with the credentials of a registration and with what the application itself may do. Part of the catalogue in `errors.ts`, which says what a code promises. */
export const REGISTRATIONS = {
  'cloud_providers.certificate_unknown': {
    title: 'Microsoft does not know the certificate',
    remedy: 'admin',
    fix: 'Download it on the page of the cloud provider and upload it in the Azure portal: App registrations, the application, Certificates & secrets, Certificates, Upload certificate. Postkey tries again by itself; another credential that works stays in use meanwhile.',
  },
  'cloud_providers.clock_refused': {
    title: 'Microsoft does not accept the time at which Postkey signed',
    remedy: 'admin',
    fix: 'The clock of this machine is wrong by more than five minutes: let it follow a time server (timedatectl set-ntp true). The certificate stays good and nothing has to be entered anew.',
  },
  'cloud_providers.reads_other_mailboxes': {
    title: 'The application can read a mailbox that is not connected here',
    remedy: 'admin',
    fix: 'On the page of the cloud provider copy the commands under "Only these mailboxes" and run them as an Exchange admin. Then remove the application permissions for mail, with their consent, under API permissions in Entra ID: as long as they stand there, no limit holds. Exchange needs up to two hours; the connected mailboxes go on.',
  },
  'transports.application_denied': {
    title: 'Exchange does not let the application into the mailbox',
    remedy: 'admin',
    fix: 'An Exchange admin runs the commands on the page of the cloud provider under "Only these mailboxes"; they name this mailbox. Exchange needs up to two hours until they work. Nothing is lost meanwhile. Messages to be sent wait in the outbox.',
  },
  'email_accounts.tenant_not_admitted': {
    title: 'The registration is for its own organization only',
    remedy: 'admin',
    fix: 'Leave the tenant out, or connect the mailbox by a cloud provider whose supported account types admit other organizations.',
  },
} as const satisfies Record<string, CatalogueEntry>
