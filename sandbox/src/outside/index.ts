/**
 * External mail: the mail server, the people and the pages outside of all tenants. Customers write to mailboxes from
 * here and read the responses.
 *
 * Tables: outside_people, outside_mail.
 */
export { createOutside, type Delivery, type LetterDraft, type Outside, type OutsideDependencies } from './outside.ts'
export { OutsideError } from './outside-error.ts'
export { registerOutsideApi } from './api.ts'
export { registerOutsidePages } from './pages/routes.ts'
export type { OutsidePagesOptions } from './pages/page-kit.ts'
