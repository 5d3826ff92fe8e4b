import fastify from 'fastify'
import { describe, expect, it } from 'vitest'
import { html } from '../src/kernel/html.ts'
import { checkbox, copyField, field, radioGroup, select, textArea } from '../src/kernel/page-pieces.ts'
import { page } from '../src/kernel/page.ts'
import { antiForgery, readForm, registerPages, sendPage } from '../src/kernel/site.ts'
import { createPerson, overInject } from './browser.ts'

describe('the test browser', () => {
  it('fills in a form, presses a button and follows the redirect', async () => {
    const person = await openForm()

    await person.submit({ name: 'Ada & Ben', tick: true, kind: 'b', list: 'two' }, { button: 'Send' })

    expect(person.url).toBe('http://site.test/done?name=Ada+%26+Ben&text=%0Afirst&tick=yes&kind=b&list=two&go=send')
    expect(person.text).toContain('Arrived')
  })

  it('keeps the values of other fields', async () => {
    const person = await openForm()

    await person.submit({}, { button: 'go=other' })

    expect(new URL(person.url).search).toBe('?name=&text=%0Afirst&kind=a&list=one&go=other')
  })

  it('refuses fields and buttons that are not on the page', async () => {
    const person = await openForm()

    await expect(person.submit({ nothing: 'x' })).rejects.toThrow('no form with nothing')
    await expect(person.submit({}, { button: 'Delete' })).rejects.toThrow('the button "Delete"')
    await expect(person.submit({ list: 'three' })).rejects.toThrow('not one of one, two')
    await expect(person.submit({ kind: 'c' })).rejects.toThrow('cannot be chosen')
    await expect(person.follow('Nowhere')).rejects.toThrow('no link')
  })

  it('stops at an address outside of the sandbox', async () => {
    const person = await openForm()

    await person.follow('Leave')

    expect(person).toMatchObject({ status: 0, url: 'https://client.test/callback?code=1' })
  })

  it('reads the value of a copy field', async () => {
    expect((await openForm()).valueOf('client_id')).toBe('1-2-3')
  })
})

async function openForm() {
  const site = fastify()
  registerPages(site, { name: 'test', title: 'Test' })
  site.register(async (scope) => {
    scope.get('/', (request, reply) =>
      sendPage(
        reply,
        page({
          title: 'Form',
          site: 'Test',
          body: html`${copyField({ label: 'Client', name: 'client_id', value: '1-2-3' })} <a href="/leave">Leave</a>
            <form method="post" action="/">
              ${antiForgery(request, reply)} ${field({ label: 'Name', name: 'name' })}
              ${textArea({ label: 'Text', name: 'text', value: '\nfirst' })}
              ${checkbox({ label: 'Tick', name: 'tick', value: 'yes' })}
              ${radioGroup(
                'Kind',
                'kind',
                [
                  { value: 'a', label: 'A' },
                  { value: 'b', label: 'B' },
                ],
                'a',
              )}
              ${select({
                label: 'List',
                name: 'list',
                choices: [
                  { value: 'one', label: 'One' },
                  { value: 'two', label: 'Two' },
                ],
              })}
              <button name="go" value="send">Send</button> <button name="go" value="other">Other</button>
            </form>`,
        }),
      ),
    )
    scope.post('/', (request, reply) => {
      const fields = readForm(request)
      fields.delete('canary')
      return reply.redirect(`/done?${fields.toString()}`, 303)
    })
    scope.get('/done', (_request, reply) => sendPage(reply, page({ title: 'Done', site: 'Test', body: 'Arrived' })))
    scope.get('/leave', (_request, reply) => reply.redirect('https://client.test/callback?code=1'))
  })
  return createPerson(overInject({ 'http://site.test': site })).open('http://site.test/')
}
