/**
 * Deletes data by age: data with a retention set by an admin, and rows of tables that only grow. Counts the stored mail of mailboxes.
 * Owns `account_retention`, `installation_retention` and `account_sizes`; the room of a table has the statements that delete
 * from it. `http` shows and changes the settings.
 */
export { FEWEST_DAYS, MOST_DAYS } from './ages.ts'
export type { CountedSizes } from './account-sizes.ts'
export { MOST_COUNTED, MOST_MAIL_COUNTED } from './retention-previews.ts'
export { createRetention, type Deleted, type Retention, type RetentionDeps } from './retention.ts'
