/** Texts of the page after a failed sign-in to Postkey. Others are those of the result page of a mailbox sign-in. */
export const TEXTS = {
  backToSignIn: 'Back to Postkey',
  providerError: 'Error of the provider',
} as const
