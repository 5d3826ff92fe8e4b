import { describe, expect, it } from 'vitest'
import { createPerson, overInject } from '../../test/browser.ts'
import { createMailWorld } from '../../test/mail-world.ts'
import { createControlPanelSite } from './index.ts'

const CONTROL_PANEL = 'http://localhost:8413'

describe('the fault pages', () => {
  it('state that no fault is on', async () => {
    const { person } = setUp()
    await person.open(`${CONTROL_PANEL}/faults`)
    expect(person.text).toContain('No fault is on')
  })

  it('link every fault of the list to a page that can switch it on for all', async () => {
    const { person, faults } = setUp()
    for (const { name, title } of faults.catalogue) {
      await person.open(`${CONTROL_PANEL}/faults`)
      await person.follow(title)
      expect([name, person.url, person.status]).toEqual([name, `${CONTROL_PANEL}/faults/${name}`, 200])
      await person.submit({}, { button: 'Switch on' })
      expect(person.text).toContain('On now')
      expect(faults.listOn().map((on) => on.name)).toEqual([name])
      faults.switchAllOff()
    }
  })

  it('switch a fault on for one user, show where and how often it occurred, and switch it off', async () => {
    const { person, faults } = setUp()
    await person.open(`${CONTROL_PANEL}/faults/user-disabled`)
    await person.submit({ on: 'user 00000000-0000-4000-8000-000000000003', times: '5' }, { button: 'Switch on' })
    const [on] = faults.listOn()
    expect(on).toMatchObject({ target: { user: '00000000-0000-4000-8000-000000000003' }, times: 5 })
    expect(person.text).toContain('ben@contoso.example')
    expect(person.text).toContain('in no call yet, ends after 5')

    faults.ask('entra.person', { call: 'token (refresh_token)', userId: on!.target.user })
    await person.open(`${CONTROL_PANEL}/faults`)
    expect(person.text).toContain('once, ends after 5')
    await person.follow('Account disabled')
    expect(person.text).toContain('token (refresh_token)')
    await person.submit({}, { button: 'Switch off Account disabled, ben@contoso.example' })
    expect(faults.listOn()).toEqual([])
  })

  it('switch off all faults', async () => {
    const { person, faults } = setUp()
    faults.switchOn('user-disabled')
    faults.switchOn('graph-throttled', { mailbox: 'support@contoso.example' }, { retryAfterSeconds: 1 })
    await person.open(`${CONTROL_PANEL}/faults`)
    expect(person.text).toContain('mailbox support@contoso.example retryAfterSeconds: 1')
    await person.submit({}, { button: 'Switch all off' })
    expect(faults.listOn()).toEqual([])
    expect(person.text).toContain('No fault is on')
  })

  it('keep the entered values and show the error at the field', async () => {
    const { person, faults } = setUp()
    await person.open(`${CONTROL_PANEL}/faults/graph-throttled`)
    for (const value of ['99999', '1.5', 'soon', '']) {
      await person.submit({ retryAfterSeconds: value, calls: 'send' }, { button: 'Switch on' })
      expect(person.status).toBe(422)
      expect(person.text).toContain('"retryAfterSeconds" is a whole number from 0 to 3600.')
      expect([person.valueOf('retryAfterSeconds'), person.valueOf('calls')]).toEqual([value, 'send'])
    }
    expect(faults.listOn()).toEqual([])
  })

  it('offer only the targets that a fault supports, and answer 404 for an unknown fault', async () => {
    const { person } = setUp()
    await person.open(`${CONTROL_PANEL}/faults/redirect-uri-mismatch`)
    const where = person.forms.flatMap(({ controls }) => controls).find(({ name }) => name === 'on')
    expect(where?.choices.every((choice) => choice === '' || /^(tenant|application) /.test(choice))).toBe(true)
    await person.open(`${CONTROL_PANEL}/faults/no-such-fault`)
    expect([person.status, person.text.includes('This fault does not exist.')]).toEqual([404, true])
  })
})

function setUp() {
  const world = createMailWorld()
  const listening = { login: CONTROL_PANEL, graph: CONTROL_PANEL, portal: CONTROL_PANEL, controlPanel: CONTROL_PANEL }
  const site = createControlPanelSite({
    ...world,
    settings: { listening, named: listening },
    report: (error) => {
      throw error
    },
  })
  return { ...world, person: createPerson(overInject({ [CONTROL_PANEL]: site })) }
}
