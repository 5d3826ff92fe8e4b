import { defineFault } from '../fault.ts'

const PAGE = `<!doctype html><html lang="en"><head><title>Service Unavailable</title></head><body><h1>Our services aren't available right now</h1><p>We're working to restore all services as soon as possible. Please check back soon.</p></body></html>`

export const entraMaintenancePage = defineFault({
  name: 'entra-maintenance-page',
  title: 'Maintenance page instead of an answer',
  part: 'entra-id',
  what: 'Something before Entra ID answers with a page for people, also to programs that expect JSON.',
  scopes: ['tenant', 'user', 'application'],
  options: {
    status: { kind: 'choice', title: 'HTTP status', choices: ['503', '502', '200'], usual: '503' },
  },
  reveals: ['token', 'authorize', 'discovery'],
  evidence: '§C.1 5xx; the page is ours',
  effects: {
    'entra.request': ({ status }) => ({
      kind: 'answer',
      status: Number(status),
      contentType: 'text/html; charset=utf-8',
      body: PAGE,
    }),
  },
})
