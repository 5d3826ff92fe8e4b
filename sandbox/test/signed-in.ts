/** A user signed in to a mail client, and that client's requests to the token endpoint, for tests. */
import { answerOf, authorizeUrl, CALLBACK, entraForTest, signInAs } from './entra.ts'

export const MAIL_SCOPES = 'openid profile offline_access https://graph.microsoft.com/Mail.ReadWrite'

export type MailProgram = Awaited<ReturnType<typeof mailProgramForTest>>

/** Contoso's mail client with admin consent; `ben` and `ada` sign in on demand. */
export async function mailProgramForTest() {
  const world = entraForTest()
  const app = world.register()
  const granted = ['User.Read', 'Mail.ReadWrite', 'Mail.Send', 'openid', 'profile', 'offline_access']
  world.grantToAll(app.appId, granted)
  const client = { client_id: app.appId, client_secret: app.secret }

  /** Signs in with a new browser; returns the token response for the code. */
  async function signIn(address: string, program: typeof app = app) {
    const person = await world.browse().open(authorizeUrl(program.appId, { scope: MAIL_SCOPES }))
    await signInAs(person, address, world)
    const { code = '' } = answerOf(person)
    const answer = await world.token({
      client_id: program.appId,
      client_secret: program.secret,
      grant_type: 'authorization_code',
      code,
      redirect_uri: CALLBACK,
    })
    return { person, ...answer, refreshToken: String(answer.body['refresh_token']) }
  }

  const refresh = (refreshToken: string, more: Record<string, string> = {}, tenant = 'organizations') =>
    world.token({ ...client, grant_type: 'refresh_token', refresh_token: refreshToken, ...more }, { tenant })

  return { ...world, app, client, granted, signIn, refresh }
}
