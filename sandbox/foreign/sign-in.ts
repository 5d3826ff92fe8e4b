import type { Person } from '../test/browser.ts'
import { PASSWORD } from '../src/tenants/index.ts'

export interface WayThrough {
  isThere: (url: string) => boolean
  mostPages: number
  /** Handlers of further steps, by the name of the step. */
  more?: Readonly<Partial<Record<string, () => Promise<unknown>>>>
}

/** Continues from the open page until `isThere`: signs in as `address` and accepts the requested permissions. */
export async function goThrough(
  person: Person,
  address: string,
  { isThere, mostPages, more = {} }: WayThrough,
): Promise<void> {
  for (let pages = 0; pages < mostPages; pages++) {
    if (isThere(person.url)) return
    const step = person.forms[0]?.controls.find(({ name }) => name === 'step')?.value
    switch (step) {
      case 'choose': {
        const known = person.forms[0]?.buttons.find(({ text }) => text.includes(address))
        await person.submit({}, { button: known ? `account=${known.value}` : 'account=other' })
        break
      }
      case 'user-name':
        await person.submit({ loginfmt: address }, { button: 'next=yes' })
        break
      case 'password':
        await person.submit({ passwd: PASSWORD }, { button: 'next=yes' })
        break
      case 'keep':
        await person.submit({}, { button: 'kmsi=yes' })
        break
      case 'consent':
        await person.submit({}, { button: 'consent=accept' })
        break
      case 'enrol':
        await person.submit({}, { button: 'next=yes' })
        break
      case 'device-confirm':
        await person.submit({}, { button: 'continue=yes' })
        break
      default: {
        const answer = more[step ?? '']
        if (!answer) throw new Error(`${address} would not know what to do at ${person.url}: ${person.text}`)
        await answer()
      }
    }
  }
  throw new Error(`${address} is still not through after ${mostPages} pages, at ${person.url}`)
}

/** Enters the user code of a device at `page` and approves the device. */
export async function approveDevice(person: Person, page: string, userCode: string, address: string): Promise<void> {
  await person.open(page)
  await person.submit({ otc: userCode }, { button: 'next=yes' })
  const isThere = () => person.text.includes('You have signed in to the')
  await goThrough(person, address, { isThere, mostPages: 10 })
}

/** Signs in and returns the address that the client receives: the redirect URI with its query. */
export async function signInAs(
  person: Person,
  authorizeUrl: string,
  address: string,
  redirectUri: string,
): Promise<URL> {
  await person.open(authorizeUrl)
  await goThrough(person, address, { isThere: (url) => url.startsWith(redirectUri), mostPages: 10 })
  return new URL(person.url)
}
