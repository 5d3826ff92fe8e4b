/**
 * Services that issue access tokens for mailboxes, as stored in `cloud_providers` and shown by the API.
 *
 * The only place that names one. A second service is a constant here and a folder beside `transports/microsoft`;
 * `createTransports` does not compile until that folder is in its table.
 */
export const MICROSOFT = { service: 'microsoft-azure', type: 'outlook365' } as const

export type MailServiceNames = typeof MICROSOFT

/** Names an organization at its service. */
export interface Organization {
  /** Directory (tenant) ID at Microsoft. */
  tenantId: string
}
