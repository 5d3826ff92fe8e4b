import { describe, expect, it } from 'vitest'
import { ANNA, createGraphWorld, type GraphWorld, START } from './graph-test-world.ts'

const DAY_MS = 24 * 60 * 60 * 1000
const search = ({ get }: Pick<GraphWorld, 'get'>, value: string, more = '') =>
  get(`/me/messages?$select=subject&$search=${encodeURIComponent(value)}${more}`)

/** Five messages, sent a day apart: the last one is the newest. */
function seeded(): GraphWorld {
  const world = createGraphWorld()
  const { receive, mailStore } = world
  const letter = (subject: string, day: number, more: Parameters<typeof receive>[1] = {}, folder = 'inbox') =>
    receive(subject, { sentAt: START + day * DAY_MS, ...more }, { folder })
  // Received first, so that the times of receipt have another order.
  letter('Old plan', 3, { body: { contentType: 'text', content: 'No pizza today' } }, 'archive')
  letter('Invoice 4711', 0, { body: { contentType: 'html', content: '<p>Your <b>pizza</b> is paid</p>' } })
  const order = letter('Order of pizzas', 1, {
    importance: 'high',
    cc: [{ name: 'Zoe', address: 'zoe.m@partner.example' }],
  })
  mailStore.addAttachment(order.key, { kind: 'file', name: 'api-catalog.md', contentType: 'text/plain', isInline: false, contentId: undefined, content: Buffer.from('a'), sourceUrl: undefined }) // prettier-ignore
  letter('Lunch', 2, { from: { name: 'Pizza Service', address: 'shop@food.example' } })
  letter('Plan', 4, { bcc: [{ name: 'Boss', address: 'boss@contoso.example' }] })
  return world
}

describe('$search', () => {
  it.each([
    // From, subject and body, whole words in any case; newest sent first.
    ['"PIZZA"', ['Old plan', 'Lunch', 'Invoice 4711']],
    ['pizza', ['Old plan', 'Lunch', 'Invoice 4711']],
    ['"pizza*"', ['Old plan', 'Lunch', 'Order of pizzas', 'Invoice 4711']],
    ['"subject:pizzas"', ['Order of pizzas']],
    ['"body:pizza AND subject:plan"', ['Old plan']],
    ['"pizza plan"', ['Old plan']],
    ['"pizza NOT plan"', ['Lunch', 'Invoice 4711']],
    ['"pizza -plan"', ['Lunch', 'Invoice 4711']],
    ['"(subject:lunch OR subject:order) AND importance:high"', ['Order of pizzas']],
    ['"\\"your pizza\\""', ['Invoice 4711']],
    ['"\\"pizza your\\""', []],
    ['"from:shop@food.example"', ['Lunch']],
    ['"from:shop"', ['Lunch']],
    ['"from:\\"pizza service\\""', ['Lunch']],
    ['"cc:zoe"', ['Order of pizzas']],
    ['"to:anna AND recipients:zoe"', ['Order of pizzas']],
    ['"bcc:boss"', ['Plan']],
    ['"participants:boss"', ['Plan']],
    ['"attachment:api-catalog.md"', ['Order of pizzas']],
    ['"hasAttachments:true"', ['Order of pizzas']],
    ['"kind:voicemail"', []],
    ['"sent:11/03/2026"', ['Order of pizzas']],
    ['"sent>=2026-11-05"', ['Plan', 'Old plan']],
    ['"sent:2026-11-03..2026-11-04"', ['Lunch', 'Order of pizzas']],
    ['"size:1..500000 AND subject:plan"', ['Plan', 'Old plan']],
    ['"size>500000"', []],
    ['"pizza and lunch"', []],
  ])('finds by %s', async (value, subjects) => {
    const { statusCode, body } = await search(seeded(), value)
    expect([statusCode, body.value.map(({ subject }) => subject)]).toEqual([200, subjects])
  })

  it('is limited to the folder in the address, and gives pages without a count', async () => {
    const world = seeded()
    const inbox = await world.get('/me/mailFolders/inbox/messages?$search="pizza"&$top=1&$count=true')
    expect(inbox.body.value.map(({ subject }) => subject)).toEqual(['Lunch'])
    expect(inbox.body).not.toHaveProperty('@odata.count')
    const rest = await world.get(inbox.body['@odata.nextLink']!)
    expect(rest.body.value.map(({ subject }) => subject)).toEqual(['Invoice 4711'])
    expect(rest.body).not.toHaveProperty('@odata.nextLink')

    const token = /\$skiptoken=([^&]+)/.exec(inbox.body['@odata.nextLink']!)![1]!
    for (const list of ['/me/messages?', '/me/mailFolders/inbox/messages?$search="plan"&']) {
      expect((await world.get(`${list}$skiptoken=${token}`)).statusCode).toBe(400)
    }
  })

  it('ends after 1,000 results', async () => {
    const world = createGraphWorld()
    const one = world.receive('pizza')
    for (let i = 0; i < 1001; i++) world.mailStore.copy(one.key, world.mailStore.wellKnownFolder(ANNA, 'inbox').id)
    expect(await world.all('/me/messages?$search="pizza"&$top=400&$select=id')).toHaveLength(1000)
  })

  it.each([
    ['$filter=isRead eq true', 'SearchWithFilter', "The query parameter '$filter' is not supported with '$search'."],
    ['$orderby=subject', 'SearchWithOrderBy', "The query parameter '$orderBy' is not supported with '$search'."],
  ])('is refused with %s', async (option, code, message) => {
    const { statusCode, body } = await search(createGraphWorld(), '"pizza"', `&${option}`)
    expect([statusCode, body.error.code, body.error.message]).toEqual([400, code, message])
  })

  it('takes only letters without quotation marks', async () => {
    const { statusCode, body } = await search(createGraphWorld(), 'Backup Config 0')
    expect(statusCode).toBe(400)
    expect(body.error.message).toBe("Syntax error: character '0' is not valid at position 14 in 'Backup Config 0'.")
  })

  it('needs more than Mail.ReadBasic', async () => {
    const world = createGraphWorld()
    const as = world.person(ANNA, 'Mail.ReadBasic')
    expect((await world.get('/me/messages?$search="pizza"', { as })).statusCode).toBe(403)
    expect((await world.get('/me/messages', { as })).statusCode).toBe(200)
  })

  it.each(['""', '"', '"a" AND "b"', '"(a"', '"a)"', '"AND"', '"NOT"', '"colour:red"', '"sent:02/30/2026"', '"sent:today"', '"from:a from:b"', '"*"', '"a NEAR b"', '"subject:"']) // prettier-ignore
    ('answers 501 where the effect is not documented: %s', async (value) => {
      expect((await search(createGraphWorld(), value)).statusCode).toBe(501)
    }) // prettier-ignore

  it.each(['/me/mailFolders?', '/me/messages/$count?', '/me/mailFolders/inbox/messages/delta?'])(
    'is refused for %s',
    async (list) => {
      expect((await createGraphWorld().get(`${list}$search="a"`)).statusCode).toBe(501)
    },
  )
})
