import type { CatalogueEntry } from './errors.ts'

/** Requests that HTTP refuses for where they come from or how many there are. Part of the catalogue in `errors.ts`. */
export const REQUESTS = {
  'http.ending': {
    title: 'This process is ending',
    remedy: 'wait',
    fix: 'Ask again in a few seconds: another process serves, or this one after its restart.',
  },
  'http.proxy_changes_host': {
    title: 'The proxy does not pass on the address that the browser asked for',
    remedy: 'admin',
    fix: 'Let the proxy send the host with its port: in nginx "proxy_set_header Host $http_host;". Or correct PUBLIC_URL to the address in the browser, with its port. Nothing was changed.',
  },
  'people.sign_ins_busy': {
    title: 'Too many people are signing in at this moment',
    remedy: 'wait',
    fix: 'Try again after the seconds that Retry-After names. Nothing was changed, and no try was counted.',
  },
} as const satisfies Record<string, CatalogueEntry>
