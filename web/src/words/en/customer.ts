export const customer = {
  title: 'Customer',
  none: 'The mailbox wrote to itself.',
  first: 'First contact',
  last: 'last',
  note: 'Note about the customer',
  notePlaceholder: 'Visible only to your team',
  saveNote: 'Save note',
  cancel: 'Cancel',
  conversations: 'Other conversations',
  ofOrganization: (domain: string) => `Others at ${domain}`,
  files: 'Files',
}
