import { defineFault } from '../fault.ts'

const PAGE = `<!doctype html><html lang="en"><head><title>Service Unavailable</title></head><body><h1>Our services aren't available right now</h1><p>We're working to restore all services as soon as possible. Please check back soon.</p></body></html>`

export const entraMaintenancePage = defineFault({
  name: 'entra-maintenance-page',
  title: 'Maintenance page instead of a response',
  part: 'entra-id',
  what: 'A front end of Entra ID responds with an HTML page, even to clients that expect JSON.',
  scopes: ['tenant', 'user', 'application'],
  options: {
    status: { kind: 'choice', title: 'HTTP status', choices: ['503', '502', '200'], usual: '503' },
  },
  reveals: ['token', 'authorize', 'discovery'],
  evidence: '§C.1 5xx; the page is invented for the sandbox',
  effects: {
    'entra.request': ({ status }) => ({
      kind: 'answer',
      status: Number(status),
      contentType: 'text/html; charset=utf-8',
      body: PAGE,
    }),
  },
})
