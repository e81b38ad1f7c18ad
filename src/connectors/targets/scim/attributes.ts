import { placeOf } from '../../../scim/client/place.ts'
import { enterpriseSchema } from '../../../scim/schema/core.ts'
import { type PlacedAttribute, placed } from '../../kit/scim/dialect.ts'

const profile = 'Profile of the person at the provider.'

/** What every SCIM server is expected to take (RFC 7643 sections 4.1 and 4.3); a rule of the connection has to ask for it. */
const usual: readonly PlacedAttribute[] = [
  placed('userName', 'userName', 'Name by which the person signs in at the provider.', { required: true }),
  placed('email', 'emails', 'Preferred address at the provider.'),
  placed('displayName', 'displayName', 'Name shown at the provider.'),
  placed('givenName', 'name.givenName', profile),
  placed('familyName', 'name.familyName', profile),
  placed('nickName', 'nickName', profile),
  placed('title', 'title', profile),
  placed('userType', 'userType', profile),
  placed('preferredLanguage', 'preferredLanguage', profile),
  placed('locale', 'locale', profile),
  placed('timezone', 'timezone', profile),
  placed('phoneNumber', 'phoneNumbers', profile),
  ...['employeeNumber', 'costCenter', 'organization', 'division', 'department'].map((name) =>
    placed(name, `${enterpriseSchema}:${name}`, profile),
  ),
]

/** The usual attributes and those of the settings, which win where they have the same name. */
export function writableAttributes(further: Readonly<Record<string, string>>): readonly PlacedAttribute[] {
  const own = Object.entries(further).flatMap(([name, path]) => {
    const place = placeOf(path)
    return place === undefined ? [] : [placed(name, path, `Attribute ${path} at the provider.`)]
  })
  const names = new Set(own.map(({ name }) => name))
  return [...usual.filter(({ name }) => !names.has(name)), ...own]
}
