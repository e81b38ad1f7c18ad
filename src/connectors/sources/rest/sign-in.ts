import { createHash } from 'node:crypto'
import { fail } from '../../../domain/errors.ts'
import type { Clock } from '../../../platform/clock.ts'
import { Secret } from '../../../platform/secret.ts'
import {
  bearer,
  type Credential,
  FetchedToken,
  type SignedIn,
  standingCredential,
} from '../../kit/directory/credential.ts'
import type { RestConfig } from './config.ts'
import { path, textOf, valueAt } from './path.ts'
import type { Auth, Recipe } from './recipe.ts'

/** The way in that the settings describe. */
export function credentialFor({ auth }: Recipe, config: RestConfig, clock: Clock): Credential {
  if (auth.type === 'none') return standingCredential([], () => ({}))
  const { secret, baseUrl } = config
  if (secret === undefined) throw fail.configInvalid('The source has no secret.', { hint: 'Set secret.' })
  switch (auth.type) {
    case 'bearer':
      return standingCredential([secret], () => bearer(secret.reveal()))
    case 'basic': {
      const value = basicOf(auth.username, secret)
      return standingCredential([secret, value], () => ({ headers: { authorization: `Basic ${value.reveal()}` } }))
    }
    case 'apiKey': {
      const { in: place, name, prefix = '' } = auth
      return standingCredential([secret], () => placed(place, name, `${prefix}${secret.reveal()}`))
    }
    case 'miniorangeHash':
      return standingCredential([secret], () => miniorangeHeaders(auth.customerKey, secret, clock.now()))
    case 'oauth2ClientCredentials':
      return clientCredentials(auth, secret, baseUrl, clock)
    case 'login':
      return session(auth, secret, baseUrl, clock)
  }
}

function placed(place: 'header' | 'query', name: string, value: string): SignedIn {
  return place === 'header' ? { headers: { [name]: value } } : { query: { [name]: value } }
}

function basicOf(name: string, password: Secret): Secret {
  return new Secret(Buffer.from(`${name}:${password.reveal()}`).toString('base64'))
}

/**
 * miniOrange (https://developers.miniorange.com/docs/idp/api/user-api-guide): the lower-case hexadecimal SHA-512 of
 * customer key, time in milliseconds and API key, one behind the other; so our clock must be right.
 */
function miniorangeHeaders(customerKey: string, apiKey: Secret, nowMs: number): SignedIn {
  const timestamp = String(Math.floor(nowMs))
  const hash = createHash('sha512').update(`${customerKey}${timestamp}${apiKey.reveal()}`).digest('hex')
  return { headers: { 'Customer-Key': customerKey, Timestamp: timestamp, Authorization: hash } }
}

type KindOfAuth<Type extends Auth['type']> = Extract<Auth, { type: Type }>

function clientCredentials(
  { clientId, tokenUrl = '', scope, audience, style, extra }: KindOfAuth<'oauth2ClientCredentials'>,
  secret: Secret,
  baseUrl: string,
  clock: Clock,
): Credential {
  const basic = basicOf(clientId, secret)
  const form = {
    grant_type: 'client_credentials',
    ...(scope === undefined ? {} : { scope }),
    ...(audience === undefined ? {} : { audience }),
    ...extra,
  }
  return new FetchedToken({
    // A path is meant from the root of the base URL's host.
    tokenUrl: new URL(tokenUrl, baseUrl).href,
    clock,
    secrets: [secret, basic],
    hint: 'client ID, client secret and scope',
    request: () =>
      style === 'basic'
        ? { form, headers: { authorization: `Basic ${basic.reveal()}` } }
        : { form: { ...form, client_id: clientId, client_secret: secret.reveal() } },
  })
}

function session(
  { path: loginPath, body, tokenPath, name, prefix }: KindOfAuth<'login'>,
  secret: Secret,
  baseUrl: string,
  clock: Clock,
): Credential {
  const filled = () =>
    Object.fromEntries(
      Object.entries(body).map(([key, value]) => [key, value.replaceAll('{secret}', () => secret.reveal())]),
    )
  return new FetchedToken({
    tokenUrl: `${baseUrl}${loginPath}`,
    clock,
    secrets: [secret],
    hint: 'the body of the login and the secret',
    request: () => ({ body: filled() }),
    read: ({ json }) => {
      const token = textOf(valueAt(json, path(tokenPath)))
      return token === undefined ? undefined : { token }
    },
    use: (token) => ({ headers: { [name]: `${prefix}${token}` } }),
  })
}
