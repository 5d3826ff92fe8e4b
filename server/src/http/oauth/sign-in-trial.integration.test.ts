/** Access check of the mailbox during a sign-in in step C, over HTTP with the local Microsoft 365. */
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { CloudProviderId } from '../../kernel/ids.ts'
import { CONTOSO, createConnectingStage, giveFullAccess } from '../../../test/kit/index.ts'
import { read } from '../../../test/http/oauth/result-page.ts'

const BEN = 'ben@contoso.example'
const ANNA = 'anna@contoso.example'
const SUPPORT = 'support@contoso.example'

const { sandbox, database, newCloudProvider, begin, walk } = await createConnectingStage()

let consented: CloudProviderId
beforeAll(async () => {
  consented = await newCloudProvider()
})

beforeEach(async () => {
  await database.db.deleteFrom('grants').execute()
})

const keptGrants = () => database.db.selectFrom('grants').select(['id', 'object_id']).execute()

describe('a sign-in for a mailbox', () => {
  it("by a user with Full Access who is not the owner of a user mailbox is reported, and offers the owner's sign-in", async () => {
    await walk(await begin(consented), BEN)
    const { object_id: ben } = (await keptGrants())[0]!
    await giveFullAccess(sandbox, ben, ANNA)
    const page = read(await walk(await begin(consented, { requestedAddress: ANNA, requestedKind: 'user' }), BEN))
    await giveFullAccess(sandbox, ben, ANNA, [])

    expect(page.said).toContain(`signed in; the requested mailbox is ${ANNA}`)
    expect(page.said).toContain('needs Full Access')
    expect(page.labels[0]).toBe(`Sign in as ${ANNA}`)
    // The offered sign-in has already begun in this browser.
    expect(page.links[0]!.url.searchParams.get('state')).not.toBeNull()
    expect(page.paths[1]).toMatch(/^\/set-up\?grant=[^&]+&address=anna%40contoso\.example&kind=user$/)
  })

  it('by a user without access to the mailbox is refused, stores nothing, and offers another account', async () => {
    const begun = await begin(consented, { requestedAddress: SUPPORT })
    const answer = await walk(begun, CONTOSO.admin)

    expect(answer.status).toBe(409)
    const page = read(answer)
    expect(page.said).toContain('The account that signed in can’t open the mailbox')
    expect(page.said).toContain(`Add-MailboxPermission ${SUPPORT} -User ${CONTOSO.admin} -AccessRights FullAccess`)
    expect(page.labels).toEqual(['Sign in with another account', 'Back to Setup'])
    expect(page.paths[1]).toBe(`/set-up?step=c&provider=${consented}&address=support%40contoso.example`)
    expect(await keptGrants()).toEqual([])
    const again = { url: page.links[0]!.url.href, browser: begun.browser }
    expect(read(await walk(again, BEN)).said).toContain('Sign-in complete')
  })

  it('for an address unknown to Microsoft is stored, and leads to correcting the address', async () => {
    const page = read(await walk(await begin(consented, { requestedAddress: 'suport@contoso.example' }), BEN))

    expect(page.said).toContain('Microsoft has no mailbox suport@contoso.example')
    const [grant] = await keptGrants()
    expect(page.labels).toEqual(['Correct the address'])
    expect(page.paths).toEqual([`/set-up?grant=${grant!.id}&address=suport%40contoso.example`])
  })
})
