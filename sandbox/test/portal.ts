import type { FastifyInstance } from 'fastify'
import type { PortalSiteDeps } from '../src/portal/index.ts'
import type { User } from '../src/tenants/index.ts'
import { createPerson, overInject, type Person } from './browser.ts'
import { type DirectoryForTest, directoryForTest } from './directory.ts'
import { createSignInSite, type SignInSite } from './sign-in-site.ts'

export const PORTAL = 'http://portal.test'
export const LOGIN = 'http://login.test'

export interface PortalForTest extends DirectoryForTest {
  portal: FastifyInstance
  signIn: SignInSite
  faults: unknown[]
  /** Opens a new browser that is not signed in. */
  browser: () => Person
  /** Opens a new browser in which that user is signed in. */
  signedIn: (person: User) => Promise<Person>
}

/** The portal with the seeded directory and a sign-in site without prompts. */
export async function portalForTest(create: (deps: PortalSiteDeps) => FastifyInstance): Promise<PortalForTest> {
  const world = directoryForTest()
  const signIn = await createSignInSite(LOGIN, world.clock)
  const addresses = { login: LOGIN, graph: 'http://graph.test', portal: PORTAL, controlPanel: 'http://desk.test' }
  const faults: unknown[] = []
  const portal = create({
    clock: world.clock,
    directory: world.directory,
    settings: { listening: addresses, named: addresses },
    report: (error) => faults.push(error),
    fetch: signIn.fetch,
  })
  const browser = () => createPerson(overInject({ [PORTAL]: portal, [LOGIN]: signIn.site }))
  return {
    ...world,
    portal,
    signIn,
    faults,
    browser,
    async signedIn(person) {
      signIn.next = person
      return browser().open(`${PORTAL}/`)
    },
  }
}
