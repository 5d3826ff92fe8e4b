/** Permissions of the routes for sign-in providers, linked sign-ins and admission. */
import { newId } from '../../src/kernel/ids.ts'
import { IN_PERSON, type Row } from './permission-row.ts'

const ELSEWHERE = { path: { id: newId() } }
const CLIENT = { issuer: 'https://login.contoso.example', clientId: 'postkey', clientSecret: 'a secret' }

export const OPENID_PERMISSIONS: Readonly<Record<string, Row>> = {
  'GET /v1/identity-providers': IN_PERSON,
  'POST /v1/identity-providers': { ...IN_PERSON, of: () => ({ body: { name: 'Contoso', client: CLIENT } }) },
  'PATCH /v1/identity-providers/:id': { ...IN_PERSON, of: () => ({ ...ELSEWHERE, body: { name: 'Renamed' } }) },
  'DELETE /v1/identity-providers/:id': { ...IN_PERSON, of: () => ELSEWHERE },
  'GET /v1/identity-providers/:id/removal': { ...IN_PERSON, of: () => ELSEWHERE },
  'POST /v1/identity-providers/:id/test': { ...IN_PERSON, of: () => ELSEWHERE },
  'GET /v1/sign-in-options': { who: 'anyone' },
  'POST /v1/openid-sign-ins': { who: 'anyone', of: () => ({ body: { identityProviderId: newId() } }) },
  'GET /sign-in/callback/:id': { who: 'anyone', of: () => ELSEWHERE },
  'GET /v1/openid-confirmations': { who: 'people' },
  'POST /v1/openid-confirmations': { who: 'people', of: () => ({ body: { identityProviderId: newId() } }) },
  'GET /v1/linked-sign-ins': { who: 'people' },
  'POST /v1/linked-sign-ins': { who: 'people', of: () => ({ body: { identityProviderId: newId() } }) },
  'DELETE /v1/linked-sign-ins/:id': { who: 'people', of: () => ELSEWHERE },
  'GET /v1/people/:id/linked-sign-ins': { ...IN_PERSON, of: () => ELSEWHERE },
  'DELETE /v1/people/:id/linked-sign-ins/:linkId': {
    ...IN_PERSON,
    of: () => ({ path: { id: newId(), linkId: newId() } }),
  },
  'GET /v1/admission-requests': IN_PERSON,
  'POST /v1/admission-requests/:id/approve': { ...IN_PERSON, of: () => ({ ...ELSEWHERE, body: { role: 'agent' } }) },
  'DELETE /v1/admission-requests/:id': { ...IN_PERSON, of: () => ELSEWHERE },
}
