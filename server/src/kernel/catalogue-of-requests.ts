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
  'http.too_many_connections': {
    title: 'Too many connections without a sign-in',
    remedy: 'wait',
    fix: 'Try again after the seconds that Retry-After names. When it lasts, look in the proxy for clients that open connections and send nothing.',
  },
  'http.too_many_requests': {
    title: 'Too many requests of this client are being answered without a sign-in',
    remedy: 'wait',
    fix: 'Try again after the seconds that Retry-After names. Behind a proxy, set TRUSTED_PROXIES, or all who come by it count as one client.',
  },
  'http.too_many_streams': {
    title: 'Too many event streams are open',
    remedy: 'wait',
    fix: 'Close tabs of Postkey that are not needed, or let programs share one stream for several mailboxes. Nothing is missed: Last-Event-ID resumes where a stream ended.',
  },
  'tokens.sign_in_link_busy': {
    title: 'This link was used to begin too many sign-ins in a short time',
    remedy: 'wait',
    fix: 'Finish a sign-in that is open in another tab, or try again in ten minutes. The link stays good. If you did not begin them, ask for a new link.',
  },
} as const satisfies Record<string, CatalogueEntry>
