import { describe, expect, it } from 'vitest'
import { requestEarly } from './early-requests.ts'

const LIST = '/v1/conversations?view=open'

/** A page at this address; each request is answered with its number. */
async function open(address: string, { status = 200, fails = false } = {}) {
  const sent: string[] = []
  const answer = (url: string) => {
    sent.push(url)
    return fails ? Promise.reject(new Error('offline')) : Promise.resolve(new Response(String(sent.length), { status }))
  }
  let time = 0
  const take = requestEarly({ location: new URL(address, 'http://localhost'), fetch: answer, now: () => time })
  await new Promise((resolve) => setImmediate(resolve))
  return {
    sent,
    wait: (ms: number) => (time += ms),
    ask: async (path: string, method = 'GET') => {
      const request = new Request(new URL(path, 'http://localhost'), { method })
      return (await take(request, () => Promise.resolve(new Response('of the application')))).text()
    },
  }
}

describe('early requests', () => {
  it('ask for the session, and for the first page of the inbox after it', async () => {
    const page = await open('/inbox')
    expect(page.sent).toEqual(['/v1/session', LIST])
    expect(await page.ask('/v1/session')).toBe('1')
    expect(await page.ask(LIST)).toBe('2')
  })

  it('are used once', async () => {
    const page = await open('/inbox')
    await page.ask(LIST)
    expect(await page.ask(LIST)).toBe('of the application')
  })

  it('are not used for writing, nor when they are old', async () => {
    const page = await open('/inbox')
    expect(await page.ask('/v1/session', 'DELETE')).toBe('of the application')
    page.wait(4_001)
    expect(await page.ask(LIST)).toBe('of the application')
  })

  it('are sent again by the application when they fail', async () => {
    const page = await open('/inbox', { fails: true })
    expect(page.sent).toEqual(['/v1/session'])
    expect(await page.ask('/v1/session')).toBe('of the application')
  })

  it('ask for no list without a session', async () => {
    const page = await open('/inbox', { status: 401 })
    expect(page.sent).toEqual(['/v1/session'])
  })

  it.each([
    ['/inbox/0199?view=mine', '/v1/conversations?view=mine'],
    ['/inbox?view=all&account=01-ab', '/v1/conversations?view=all&emailAccountId=01-ab'],
    ['/inbox?q=invoice', undefined],
    ['/inbox?view=%22x%22', undefined],
    ['/incidents', undefined],
  ])('name the list of %s', async (address, list) => {
    expect((await open(address)).sent).toEqual(list === undefined ? ['/v1/session'] : ['/v1/session', list])
  })

  it('are not sent for guests', async () => {
    expect((await open('/join#token')).sent).toEqual([])
  })

  it('give no list that is older than a session requested later', async () => {
    let answerSession = () => {}
    let time = 0
    const session = new Promise<Response>((resolve) => (answerSession = () => resolve(new Response('early'))))
    const take = requestEarly({
      location: new URL('/inbox', 'http://localhost'),
      now: () => time,
      fetch: (url) => (url === '/v1/session' ? session : Promise.resolve(new Response('early'))),
    })
    const ask = async (path: string) =>
      (await take(new Request(new URL(path, 'http://localhost')), () => Promise.resolve(new Response('later')))).text()
    time = 1_500
    answerSession()
    await new Promise((resolve) => setImmediate(resolve))
    time = 4_100
    expect(await ask('/v1/session')).toBe('later')
    expect(await ask(LIST)).toBe('later')
  })

  it('do not include the list after the application has requested the session', async () => {
    let answerSession = () => {}
    const session = new Promise<Response>((resolve) => (answerSession = () => resolve(new Response('early'))))
    const sent: string[] = []
    let time = 0
    const take = requestEarly({
      location: new URL('/inbox', 'http://localhost'),
      now: () => time,
      fetch: (url) => {
        sent.push(url)
        return url === '/v1/session' ? session : Promise.resolve(new Response('early'))
      },
    })
    time = 4_100
    await take(new Request('http://localhost/v1/session'), () => Promise.resolve(new Response('later')))
    answerSession()
    await new Promise((resolve) => setImmediate(resolve))
    expect(sent).toEqual(['/v1/session'])
  })
})
