import { describe, expect, it } from 'vitest'
import { openDatabase } from '../kernel/database.ts'
import { AADSTS, createErrors, EntraError } from './aadsts.ts'

/** Every code that docs/reference/microsoft-365.md §C.2 lists. */
const CODES = [
  16000, 28000, 28002, 28003, 50011, 500112, 500113, 50020, 50034, 50053, 50055, 50056, 50057, 50058, 50059, 50072,
  50074, 50076, 50078, 50079, 50097, 50129, 50105, 50126, 50128, 50131, 50132, 50133, 50135, 50140, 50199, 50147,
  501481, 501491, 50173, 50194, 50196, 53000, 53001, 53003, 530003, 530032, 530035, 54005, 65001, 65002, 65004, 65005,
  650052, 650053, 650056, 650057, 70000, 70001, 7000112, 70002, 70003, 70005, 700054, 70007, 70008, 70011, 70016, 70017,
  70018, 70019, 70020, 70043, 70044, 700003, 700005, 700016, 700022, 700023, 700025, 700027, 70021, 700213, 700081,
  700082, 700084, 7000114, 7000215, 7000218, 7000222, 7000229, 90002, 90008, 90014, 900144, 90019, 90023, 90033, 90024,
  90006, 90012, 50033, 90038, 90043, 900382, 900432, 90055, 90072, 90094, 90095, 90133, 9001023, 901002, 9002313,
  9002325, 9002326, 9002327, 9002332, 500011, 500133, 500208, 500212, 500213, 240002, 1002016,
]

/** RFC 6749 §4.1.2.1 and §5.2, OpenID Connect Core §3.1.2.6, RFC 8628 §3.5, and Microsoft's own. */
const OAUTH_ERRORS =
  /^(invalid_(request|client|grant|scope|resource)|unauthorized_client|unsupported_(grant|response)_type|access_denied|temporarily_unavailable|(login|interaction)_required|authorization_pending|bad_verification_code|expired_token)$/

describe('the error table of Entra ID', () => {
  it('has a row for every code of the Microsoft 365 reference', () => {
    expect(CODES.filter((code) => !AADSTS.has(code))).toEqual([])
  })

  it.each([...AADSTS.values()])('has the OAuth error, the location and the evidence of $code', (row) => {
    expect(row.error).toMatch(OAUTH_ERRORS)
    expect(row.status).toBe(
      row.error === 'invalid_client' ? 401 : row.error === 'temporarily_unavailable' ? row.status : 400,
    )
    expect(['page', 'prompt', 'redirect', 'token']).toContain(row.shownAs)
    expect(row.text.length).toBeGreaterThan(5)
  })

  it('fills all placeholders of a message', () => {
    const error = new EntraError(700016, { appId: '1-2-3', tenant: 'Contoso' })

    expect(error.message).toContain("AADSTS700016: Application with identifier '1-2-3' was not found in the directory")
    expect(new EntraError(700016).message).not.toMatch(/[{}]/)
  })

  it("accepts an override of a code's strings and removes it again", () => {
    const errors = createErrors(openDatabase(':memory:'))
    const error = new EntraError(28000)
    expect(errors.stringsOf(error)).toMatchObject({ error: 'invalid_scope', status: 400 })

    errors.override(28000, { error: 'invalid_request', suberror: 'basic_action' })
    expect(errors.stringsOf(error)).toEqual({ error: 'invalid_request', suberror: 'basic_action', status: 400 })

    errors.override(28000, undefined)
    expect(errors.stringsOf(error)).toMatchObject({ error: 'invalid_scope', suberror: undefined })
  })
})
