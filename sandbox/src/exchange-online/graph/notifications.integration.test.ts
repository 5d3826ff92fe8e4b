import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterEach, describe, expect, it } from 'vitest'
import {
  createPostToEndpoint,
  isLoopbackAddress,
  isLoopbackName,
  loopbackLookup,
  type PostToEndpoint,
} from './notifications-endpoint.ts'
import { ANNA, mail } from './graph-test-world.ts'
import { createTestWorld, type Notification } from './notifications-test-site.ts'
import { registerSubscriptions } from './subscriptions.ts'

const postToEndpoint = createPostToEndpoint()
const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()))
})

describe('a client endpoint on a real socket', () => {
  it('completes the handshake and receives notifications of many messages in one POST', async () => {
    const client = await listen()
    const { subscribe, receive, settled } = await setUp()
    expect((await subscribe(`${client.url}/hook?key=a%20b`)).statusCode).toBe(201)
    for (let i = 0; i < 5; i++) receive(`mail ${i}`)
    await settled()

    expect(client.seen.map(({ method, path, type }) => [method, path.split('&', 1)[0], type])).toEqual([
      ['POST', '/hook?key=a%20b', 'text/plain; charset=utf-8'],
      ['POST', '/hook?key=a%20b', 'application/json; charset=utf-8'],
    ])
    const { value } = JSON.parse(client.seen[1]!.body) as { value: Notification[] }
    expect(value.map(({ changeType }) => changeType)).toEqual(Array(5).fill('created'))
  })

  it('is reached at localhost and at the IPv6 address, if there is one', async () => {
    const client = await listen()
    const { subscribe } = await setUp()
    expect((await subscribe(`http://localhost:${client.port}/hook`)).statusCode).toBe(201)
  })

  it('must decode the token before it returns it', async () => {
    const client = await listen((request, response) => {
      response.setHeader('content-type', 'text/plain').end(request.url?.split('validationToken=')[1])
    })
    const { subscribe } = await setUp()
    const answer = await subscribe(client.url)
    expect([answer.statusCode, answer.json().error.message]).toEqual([
      400,
      'Subscription validation request failed. Response must exactly match validationToken query parameter.',
    ])
  })

  it('is not followed to a redirect target', async () => {
    const elsewhere = await listen()
    const client = await listen((request, response) => {
      response.writeHead(307, { location: `${elsewhere.url}${request.url ?? ''}` }).end()
    })
    const { subscribe } = await setUp()
    const answer = await subscribe(client.url)
    expect(answer.json().error.message).toContain("HTTP status code is 'TemporaryRedirect'")
    expect(elsewhere.seen).toEqual([])
  })

  it('costs only its own delivery when it hangs, resets or sends an endless response', async () => {
    const endings: ((response: ServerResponse) => void)[] = [
      () => undefined,
      (response) => response.destroy(),
      (response) => {
        response.writeHead(202)
        const more = setInterval(() => response.write('x'.repeat(10_000)), 1)
        response.on('close', () => clearInterval(more))
      },
      (response) => response.writeHead(202).end(),
    ]
    const client = await listen((request, response) => {
      if (isHandshake(request)) echo(request, response)
      else endings.shift()?.(response)
    })
    const { subscribe, receive, settled, clock, deferred, reported } = await setUp()
    await subscribe(client.url)
    receive('Hello')
    await settled()
    for (const pauseMs of [10_000, 20_000, 40_000]) {
      clock.move(pauseMs)
      await deferred.runDue()
      await settled()
    }

    // One each that hung, was reset and was accepted: a 202 counts as a response, however long its body is.
    expect(client.seen.filter(({ type }) => type.startsWith('application/json'))).toHaveLength(3)
    expect(reported).toEqual([])
  })

  it('does not delay the stop of the sandbox', async () => {
    const client = await listen((request, response) => {
      if (isHandshake(request)) echo(request, response)
    })
    // Endless patience: a stop that waited for the answer would never end.
    const { subscribe, receive, site, settled } = await setUp({
      post: (url, content, options) => postToEndpoint(url, content, { ...options, timeoutMs: 2 ** 31 - 1 }),
    })
    await subscribe(client.url)
    receive('Hello')
    await expect.poll(() => client.seen.some(({ type }) => type.startsWith('application/json'))).toBe(true)
    await site.close()
    await settled()
  })
})

describe('the guard for outgoing requests', () => {
  it.each([
    ['http://192.0.2.1/'],
    ['http://10.0.0.1:8080/'],
    ['https://0.0.0.0/'],
    ['http://[2001:db8::1]/'],
    ['http://[::ffff:192.0.2.1]/'],
    ['http://169.254.169.254/latest/meta-data'],
  ])('blocks all requests to %s', async (url) => {
    const options = { timeoutMs: 2000, signal: new AbortController().signal }
    await expect(postToEndpoint(url, { type: 'text/plain', body: '' }, options)).rejects.toMatchObject({
      reason: 'not-loopback',
    })
  })

  it.each([
    ['localhost', true],
    ['sub.localhost', true],
    ['127.0.0.1', true],
    ['127.255.0.3', true],
    ['[::1]', true],
    ['localhost.example.com', false],
    ['0.0.0.0', false],
    ['[::]', false],
    ['128.0.0.1', false],
  ])('accepts the name %s as this machine: %s', (name, expected) => {
    expect(isLoopbackName(name)).toBe(expected)
  })

  it.each([
    [
      ['127.0.0.1', '::1'],
      ['127.0.0.1', '::1'],
    ],
    [['127.0.0.1', '192.0.2.1'], 'no answer: not-loopback'],
    [['192.0.2.1'], 'no answer: not-loopback'],
    [[], 'no answer: not-loopback'],
  ])('connects to a name with the addresses %j to %j', async (addresses, expected) => {
    let resolutions = 0
    const lookup = loopbackLookup(async () => {
      resolutions++
      return addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
    })
    const answer = await new Promise((resolve) => {
      lookup('name.example', { all: true }, (error, found) => {
        resolve(error?.message ?? (found as { address: string }[]).map(({ address }) => address))
      })
    })
    expect(answer).toEqual(expected)
    expect(resolutions).toBe(1)
  })

  it('lets requests to an allowed host through, and to no other', async () => {
    const options = { timeoutMs: 5000, signal: new AbortController().signal }
    const content = { type: 'text/plain', body: '' }
    const post = createPostToEndpoint(['192.0.2.1', 'App.Test'])

    // Neither answers; the guard would refuse before a connection.
    for (const host of ['192.0.2.1', 'app.test']) {
      await expect(post(`http://${host}:9/`, content, { ...options, timeoutMs: 200 })).rejects.toMatchObject({
        reason: expect.stringMatching(/timeout|unreachable/) as string,
      })
    }
    for (const host of ['192.0.2.2', '[2001:db8::1]']) {
      await expect(post(`http://${host}:9/`, content, options)).rejects.toMatchObject({ reason: 'not-loopback' })
    }
  })

  it('recognizes an IPv4 address mapped into IPv6', () => {
    expect(isLoopbackAddress('::ffff:127.0.0.1')).toBe(true)
    expect(isLoopbackAddress('::ffff:8.8.8.8')).toBe(false)
  })
})

function isHandshake(request: IncomingMessage): boolean {
  return request.headers['content-type']?.startsWith('text/plain') ?? false
}

function echo(request: IncomingMessage, response: ServerResponse): void {
  const token = new URL(request.url ?? '', 'http://x').searchParams.get('validationToken')
  response.setHeader('content-type', 'text/plain; charset=utf-8').end(token)
}

/**
 * Starts an endpoint that answers handshakes, accepts notifications unless configured otherwise, and records requests.
 */
async function listen(
  answer: RequestListener = (request, response) => {
    if (isHandshake(request)) echo(request, response)
    else response.writeHead(202).end()
  },
) {
  // prettier-ignore
  const seen: { method: string; path: string; type: string; body: string }[] = []
  const server: Server = createServer((request, response) => {
    void text(request).then((body) => {
      const { method = '', url: path = '' } = request
      seen.push({ method, path, type: request.headers['content-type'] ?? '', body })
      answer(request, response)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closing.push(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  const { port } = server.address() as AddressInfo
  return { server, port, url: `http://127.0.0.1:${port}`, seen }
}

async function setUp(own: { post?: PostToEndpoint } = {}) {
  const world = createTestWorld()
  const { settled: allSent } = registerSubscriptions(world.site, { ...world.deps, ...own })
  await world.site.ready()
  closing.push(() => world.site.close())
  const settled = async () => {
    await Promise.resolve()
    await allSent()
  }
  const subscribe = (notificationUrl: string) =>
    world.ask('POST', '/v1.0/subscriptions', {
      body: {
        changeType: 'created',
        notificationUrl,
        resource: 'me/messages',
        expirationDateTime: '2026-11-03T08:00:00Z',
      },
    })
  const receive = (subject: string) =>
    world.mailStore.append(ANNA, world.mailStore.wellKnownFolder(ANNA, 'inbox').id, mail(subject), [])
  return { ...world, settled, subscribe, receive }
}
