/**
 * Principals: the grant or application that opens an email account, changes of it, backup sign-ins, requests by other
 * users, the accounts that depend on a grant, and the mailboxes that an application may open.
 *
 * Owns no tables: the columns are rows of `email_accounts`, written through `createPrincipalStore` of that room. `http`
 * calls it for admins; `tokens` asks `findOpenedBy`, passed in by the composition root; a ticker runs `checkDue`.
 */
export { createPrincipals, type Principals } from './principals.ts'
export { type Dependents, findOpenedBy } from './dependents.ts'
export { connectCloudProviders, createApplicationAccess, type ApplicationAccess } from './application-access.ts'
