import { type PlacedAttribute, placed } from '../../kit/scim/dialect.ts'

const profile = 'Atlassian profile of the person.'
const unseen = 'Kept in the directory; people do not see it in Atlassian products.'

/** What Atlassian takes (the user resource of its document); department and organization stand outside of the extension. */
export const attributes: readonly PlacedAttribute[] = [
  placed('email', 'emails', 'Address and user name of the Atlassian account; its domain must be verified.', {
    required: true,
  }),
  placed('displayName', 'displayName', profile),
  placed('title', 'title', profile),
  placed('department', 'department', profile),
  placed('organization', 'organization', profile),
  placed('timezone', 'timezone', profile),
  placed('preferredLanguage', 'preferredLanguage', profile),
  placed('givenName', 'name.givenName', unseen),
  placed('familyName', 'name.familyName', unseen),
  placed('nickName', 'nickName', unseen),
  placed('phoneNumber', 'phoneNumbers', unseen),
]
