import type { Person } from '../src/test-kit/browser.ts'
import { PASSWORD } from '../src/tenants/index.ts'

const MOST_PAGES = 10

/** Where the client gets its answer: the redirect with its query. */
export async function signInAs(
  person: Person,
  authorizeUrl: string,
  address: string,
  redirectUri: string,
): Promise<URL> {
  await person.open(authorizeUrl)
  for (let pages = 0; pages < MOST_PAGES; pages++) {
    if (person.url.startsWith(redirectUri)) return new URL(person.url)
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
      default:
        throw new Error(`a person would not know what to do here: ${person.url} ${person.text}`)
    }
  }
  throw new Error(`still not signed in after ${MOST_PAGES} pages: ${person.url}`)
}
