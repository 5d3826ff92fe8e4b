/**
 * Mailbox actions: the work of the team takes effect in the mailbox. Read conversations are marked as read, messages of
 * closed, spam and deleted ones move to a folder, each where an admin has switched it on.
 *
 * Owns `account_action_settings`, `account_actions` and `account_action_position`. Events of conversations become wanted
 * states of messages, which a worker applies. `http` shows settings and failures; `conversations` asks whether a read
 * mark or a move is Postkey's own; `sync` asks where moved messages may be; `incidents` reads troubles; `retention`
 * deletes settled rows.
 *
 * @see docs/decisions/0042-account-actions.md
 */
export { createAccountActions, type AccountActions } from './account-actions.ts'
export { oldestUnapplied } from './event-lag.ts'
export { ACTION_TEXTS } from './texts-of-people.ts'
export { deleteSettledActions } from './settled-actions.ts'
export { actionTroubles } from './troubles-for-incidents.ts'
export type { ActionSettings, ActionSettingsInput } from './settings.ts'
