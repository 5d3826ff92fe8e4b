/**
 * World outside: the mail server, the people and the pages of everybody who is not in a tenant here. Customers
 * write from it to the mailboxes and read what came back.
 *
 * Tables: outside_people, outside_mail.
 */
export { createOutside, type Delivery, type LetterDraft, type Outside, type OutsideDependencies } from './outside.ts'
export { OutsideError } from './outside-error.ts'
export { registerOutsideApi } from './api.ts'
export { registerOutsidePages } from './pages/routes.ts'
export type { OutsidePagesOptions } from './pages/page-kit.ts'
