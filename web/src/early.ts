/** A file of its own at the top of the page (`vite.config.ts`), so that it runs before the rest of the code is loaded. */
import { requestEarly } from './api/early-requests.ts'

export const takeEarly = requestEarly({
  location: window.location,
  fetch: (url) => fetch(url),
  now: () => performance.now(),
})
