/**
 * Microsoft 365 and outlook.com as a mail service: opens their mailboxes with the tokens of a grant or of the
 * application, and tries a mailbox with a token that is not stored yet. No other room builds a transport to Microsoft.
 *
 * Owns no tables. The composition root passes `createMicrosoftService` to `createTransports`, and the trials to `tokens`
 * and `principals`.
 */
export { createMicrosoftService, type MicrosoftServiceDeps } from './microsoft-service.ts'
export { createAccessTrial, createTokenTransport, type TokenTransportDeps } from './access-trial.ts'
export { createOwnershipCheck } from './user-addresses.ts'
