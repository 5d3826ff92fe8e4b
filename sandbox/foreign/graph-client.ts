/** Flows of Microsoft's Graph client: its paging, upload tasks and retry handler test the sandbox's Graph. */
import {
  AuthenticationHandler,
  BatchRequestContent,
  BatchResponseContent,
  Client,
  FileUpload,
  LargeFileUploadTask,
  type Middleware,
  type PageCollection,
  PageIterator,
  RetryHandler,
  RetryHandlerOptions,
} from '@microsoft/microsoft-graph-client'
import { expect, type Flow } from './flow.ts'
import type { Stage } from './stage.ts'

interface Item {
  id: string
  subject?: string
  isRead?: boolean
  isDraft?: boolean
  internetMessageId?: string
  '@removed'?: { reason: string }
}

export function graphClientFlows(stage: Stage): Flow[] {
  const flow = (name: string, run: () => Promise<string>): Flow => ({ client: 'graph-client', flow: name, run })

  let token: Promise<string> | undefined
  let refusedByThrottle = 0
  const client = Client.initWithMiddleware({ middleware: middleware() })

  /**
   * The client's own middleware chain with its last link, the network, pointed at the sandbox. The client sends its
   * token only to https addresses with Graph's host name, so the sandbox must be called by that name.
   */
  function middleware(): Middleware {
    const authentication = new AuthenticationHandler({ getAccessToken: () => (token ??= stage.accessToken()) })
    const retry = new RetryHandler(new RetryHandlerOptions())
    const network: Middleware = {
      async execute(context) {
        // Typed with the browser's `RequestInfo`, which Node's types lack.
        const { request, options } = context as unknown as { request: string | Request; options?: RequestInit }
        context.response = await (typeof request === 'string'
          ? stage.fetch(request, options)
          : stage.fetch(request.url, request))
        if (context.response.status === 429) refusedByThrottle++
      },
    }
    authentication.setNext(retry)
    retry.setNext(network)
    return authentication
  }
  // The client strips only the host, so the version must not be in the address.
  const inBatch = `${stage.addresses.graph}/me/messages`
  const postOf = (subject: string) => ({
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ subject }),
  })
  const immutable = { Prefer: 'IdType="ImmutableId"' }

  async function round(link: string): Promise<{ items: Item[]; deltaLink: string }> {
    const items: Item[] = []
    const first = (await client.api(link).headers(immutable).get()) as PageCollection
    const pages = new PageIterator(client, first, (item: Item) => items.push(item) > 0, { headers: immutable })
    await pages.iterate()
    return { items, deltaLink: pages.getDeltaLink() ?? '' }
  }

  return [
    flow('paging', async () => {
      const inbox = await stage.fill('inbox', 45)
      const seen: string[] = []
      const first = (await client.api('/me/mailFolders/inbox/messages').top(10).select('id').get()) as PageCollection
      await new PageIterator(client, first, (item: Item) => seen.push(item.id) > 0).iterate()
      expect(seen.length === inbox && new Set(seen).size === inbox, `${inbox} messages once each, not ${seen.length}`)
      return `${inbox} messages in pages of 10`
    }),

    flow('delta', async () => {
      await stage.fill('inbox', 25)
      const first = await round('/me/mailFolders/inbox/messages/delta?$select=subject,isRead')
      expect(first.deltaLink, 'a delta link at the end of the round')
      const quiet = await round(first.deltaLink)
      expect(quiet.items.length === 0, `no items in a quiet round, not ${quiet.items.length}`)

      const [read, moved] = first.items as [Item, Item]
      await client.api(`/me/messages/${read.id}`).headers(immutable).patch({ isRead: true })
      await client.api(`/me/messages/${moved.id}/move`).headers(immutable).post({ destinationId: 'archive' })
      const second = await round(quiet.deltaLink)
      expect(second.items.find(({ id }) => id === read.id)?.isRead === true, 'the read state of the one that was read')
      expect(second.items.find(({ id }) => id === moved.id)?.['@removed'], 'the moved one to be removed')
      return `${first.items.length} items, then 1 updated and 1 removed`
    }),

    flow('draft and send', async () => {
      const draft = (await client
        .api('/me/messages')
        .headers(immutable)
        .post({
          subject: 'From a foreign client',
          body: { contentType: 'html', content: '<p>Hello</p>' },
          toRecipients: [{ emailAddress: { address: 'kim@customer.example' } }],
        })) as Item
      expect(draft.isDraft, 'a draft')
      await client.api(`/me/messages/${draft.id}/send`).headers(immutable).post(undefined)
      const sent = await stage.until(async () => {
        const { value } = (await client
          .api('/me/mailFolders/sentitems/messages')
          .headers(immutable)
          .get()) as PageCollection
        return (value as Item[]).find(({ id }) => id === draft.id)
      })
      expect(!sent.isDraft, 'the same immutable id in Sent Items')
      const arrived = await stage.outsideMail('kim@customer.example', 'From a foreign client')
      expect(!/^In-Reply-To:/im.test(arrived) && arrived.includes('Hello'), 'the mail to arrive outside')
      return 'same immutable id in Sent Items, mail arrived outside'
    }),

    flow('large attachment', async () => {
      const content = Buffer.alloc(10 * 1024 * 1024, 'postkey ')
      const draft = (await client.api('/me/messages').post({ subject: 'Ten megabytes' })) as Item
      const url = `/me/messages/${draft.id}/attachments/createUploadSession`
      const session = await LargeFileUploadTask.createUploadSession(client, url, {
        AttachmentItem: { attachmentType: 'file', name: 'ten.bin', size: content.length },
      })
      const file = new FileUpload(content, 'ten.bin', content.length)
      const task = new LargeFileUploadTask(client, file, session, { rangeSize: 3_276_800 })
      await task.upload()
      const { value } = (await client.api(`/me/messages/${draft.id}/attachments`).select('id,name,size').get()) as {
        value: { id: string; name: string }[]
      }
      expect(value.length === 1 && value[0]?.name === 'ten.bin', 'one attachment by its name')
      const raw = (await client
        .api(`/me/messages/${draft.id}/attachments/${value[0].id}/$value`)
        .responseType('arraybuffer' as never)
        .get()) as ArrayBuffer
      expect(Buffer.from(raw).equals(content), 'the same bytes back')
      return '10 MiB in four ranges, the same bytes back'
    }),

    flow('batch', async () => {
      const [first, second] = [new Request(inBatch, postOf('One')), new Request(inBatch)]
      const content = new BatchRequestContent([
        { id: '1', request: first },
        { id: '2', request: second, dependsOn: ['1'] },
      ])
      const answer: unknown = await client.api('/$batch').post(await content.getContent())
      const answers = new BatchResponseContent(answer as never)
      expect(answers.getResponseById('1').status === 201, 'the draft to be made')
      const { value } = (await answers.getResponseById('2').json()) as PageCollection
      expect(
        (value as Item[]).some(({ subject }) => subject === 'One'),
        'the list to have the draft in it',
      )
      return 'two requests in one, the second after the first'
    }),

    flow('429 with Retry-After', async () => {
      await stage.fill('inbox', 5)
      const before = refusedByThrottle
      const answers = await Promise.all(
        Array.from(
          { length: 12 },
          () => client.api('/me/mailFolders/inbox/messages').top(50).get() as Promise<unknown>,
        ),
      )
      const refused = refusedByThrottle - before
      expect(answers.length === 12, 'every call to be answered in the end')
      expect(refused > 0, 'more than four calls at a time to be refused first')
      return `12 calls at once, ${refused} refused with 429, all answered after their pause`
    }),
  ]
}
