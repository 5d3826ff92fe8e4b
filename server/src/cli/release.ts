import { TEXTS } from './texts.ts'
import { EXIT, type Program, type Verb } from './verb.ts'

/** The program `postkey` of a release, which also starts the server. */
export function programOfRelease(serve: () => Promise<void>): Program {
  const serveVerb: Verb = {
    name: 'serve',
    sentence: TEXTS.serveSentence,
    details: [TEXTS.serveDetails, TEXTS.serveExitCodes],
    async run() {
      await serve()
      return EXIT.fine
    },
  }
  return { command: 'postkey', installation: TEXTS.ofRelease, verbs: [serveVerb] }
}
