import type { SignInPolicy, SignInPolicyPreview } from '../../../api/client.ts'

type Choice = SignInPolicy['secondFactorFor']

/** Returns the people without a factor whom a choice concerns. */
export function peopleToAdd(
  people: SignInPolicyPreview['withoutFactor'],
  choice: Choice,
): SignInPolicyPreview['withoutFactor'] {
  if (choice === 'everyone') return people
  return choice === 'admins' ? people.filter(({ role }) => role === 'admin') : []
}
