import { connect } from 'node:net'
import { describe, expect, it } from 'vitest'
import { readDestination, isLoopback } from './guard-sockets.ts'

describe('the socket guard of unit tests', () => {
  it('refuses fetch', async () => {
    await expect(fetch('http://127.0.0.1:49151/')).rejects.toHaveProperty(
      'cause.message',
      expect.stringContaining('127.0.0.1:49151'),
    )
  })

  it('refuses a plain socket and names the alternative', () => {
    expect(() => connect(25, 'outlook.office365.com')).toThrow(/outlook\.office365\.com:25.*integration\.test\.ts/)
  })

  it.each([
    [[{ host: 'login.microsoftonline.com', port: 443 }], { host: 'login.microsoftonline.com', port: 443 }],
    [[[{ host: '10.0.0.1', port: '25' }, undefined]], { host: '10.0.0.1', port: 25 }],
    [[143, 'imap.example'], { host: 'imap.example', port: 143 }],
    [['8080'], { host: 'localhost', port: 8080 }],
    [[{ path: '/run/postgres.sock' }], undefined],
    [['/run/postgres.sock'], undefined],
  ])('reads the destination of connect(%j)', (args, destination) => {
    expect(readDestination(args)).toEqual(destination)
  })

  it.each([
    ['localhost', true],
    ['contoso.localhost', true],
    ['127.0.0.2', true],
    ['::1', true],
    ['127.0.0.1.example', false],
    ['0.0.0.0', false],
    ['192.168.1.4', false],
  ])('classifies %s as loopback: %s', (host, expected) => {
    expect(isLoopback(host)).toBe(expected)
  })
})
