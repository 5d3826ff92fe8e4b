import { describe, expect, it } from 'vitest'
import { networkFault, networksIn } from './key-networks.ts'

const refusal = (field: string) => ({
  ...{ code: 'http.invalid_request', remedy: 'admin', title: 'Invalid' },
  faults: [
    { field: 'body.name', expected: 'a name', fix: 'Correct it' },
    { field, expected: '10.0.0.0/8', fix: 'Correct it' },
  ],
})

describe('allowed networks', () => {
  it('are separated by commas, spaces and lines', () => {
    expect(networksIn(' 10.0.0.0/8,::1\n 192.0.2.1, ')).toEqual(['10.0.0.0/8', '::1', '192.0.2.1'])
  })

  it('have a fault that names the refused entry of the request, and what is expected instead', () => {
    const fault = networkFault(refusal('body.allowedNetworks.1'), ['::1', '10.1.2.3/8'])
    expect(fault).toBe('Instead of 10.1.2.3/8, use 10.0.0.0/8.')
  })

  it('have a fault for their number, and none for other fields', () => {
    expect(networkFault(refusal('body.allowedNetworks'), ['::1'])).toBe('10.0.0.0/8. Correct it')
    expect(networkFault(refusal('body.scopes'), ['::1'])).toBeUndefined()
    expect(networkFault(null, undefined)).toBeUndefined()
  })
})
