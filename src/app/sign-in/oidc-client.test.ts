import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { createServer } from 'node:http'
import { describe, expect, it, onTestFinished } from 'vitest'
import { authSchema, type OidcSettings } from '../auth-settings.ts'
import { createOidcClient } from './oidc-client.ts'

const back = 'https://muster.example/api/v1/sign-in/oidc/callback'
const now = () => Date.now()
const seconds = () => Math.floor(Date.now() / 1000)

/** How the provider of a test misbehaves; what is not named is as it should be. */
interface Ways {
  readonly claims?: Readonly<Record<string, unknown>>
  readonly userInfo?: Readonly<Record<string, unknown>>
  /** Signs with a key that it does not publish. */
  readonly foreignKey?: boolean
  readonly discovery?: Readonly<Record<string, unknown>>
  readonly token?: { readonly status: number; readonly body: unknown }
}

const pair = () => generateKeyPairSync('rsa', { modulusLength: 2048 })
const published = pair()
const foreign = pair()

function jwt(claims: object, key: KeyObject): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const text = `${part({ alg: 'RS256', kid: 'k1' })}.${part(claims)}`
  return `${text}.${sign('RSA-SHA256', Buffer.from(text), key).toString('base64url')}`
}

/** A provider on a real socket. `asked` = form of the last call for tokens. */
async function startProvider(ways: Ways) {
  const asked: { form?: URLSearchParams } = {}
  let nonce = ''
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part as Buffer)
    const answer = (body: unknown, status = 200) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    switch (request.url) {
      case '/.well-known/openid-configuration':
        return answer({
          issuer,
          authorization_endpoint: `${issuer}/authorize`,
          token_endpoint: `${issuer}/token`,
          jwks_uri: `${issuer}/keys`,
          userinfo_endpoint: `${issuer}/me`,
          response_types_supported: ['code'],
          id_token_signing_alg_values_supported: ['RS256'],
          ...ways.discovery,
        })
      case '/keys':
        return answer({
          keys: [{ ...published.publicKey.export({ format: 'jwk' }), kid: 'k1', alg: 'RS256', use: 'sig' }],
        })
      case '/me':
        return answer({ sub: 's-1', ...ways.userInfo })
      case '/token': {
        asked.form = new URLSearchParams(Buffer.concat(parts).toString())
        if (ways.token !== undefined) return answer(ways.token.body, ways.token.status)
        const claims = {
          iss: issuer,
          sub: 's-1',
          aud: 'muster',
          iat: seconds(),
          exp: seconds() + 300,
          nonce,
          ...ways.claims,
        }
        const key = ways.foreignKey === true ? foreign.privateKey : published.privateKey
        return answer({ access_token: 'a', token_type: 'Bearer', id_token: jwt(claims, key) })
      }
      default:
        return answer({}, 404)
    }
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as { port: number }
  const issuer = `http://127.0.0.1:${port}`
  onTestFinished(() => {
    server.closeAllConnections()
    return new Promise<void>((done) => server.close(() => done()))
  })
  const expectNonce = (value: string) => {
    nonce = value
  }
  return { issuer, asked, expectNonce }
}

function settingsFor(issuer: string, more: object = {}): OidcSettings {
  const { oidc } = authSchema.parse({
    oidc: { issuer, clientId: 'muster', roles: [{ group: 'a', roles: ['viewer'] }], ...more },
  })
  if (oidc === undefined) throw new Error('There are settings.')
  return oidc
}

async function signInAt(ways: Ways, more: object = {}) {
  const provider = await startProvider(ways)
  const secrets = { get: async () => undefined } as never
  const places = { secrets, variables: { OIDC_SECRET: 'very secret' }, baseDir: '/' }
  const client = createOidcClient(settingsFor(provider.issuer, more), places, now)
  const { url, transaction } = await client.begin(back)
  provider.expectNonce(transaction.nonce)
  const address = new URL(back)
  address.searchParams.set('code', 'c-1')
  address.searchParams.set('state', transaction.state)
  return { provider, url, transaction, finish: () => client.finish(address, transaction) }
}

describe('an identity provider', () => {
  it('is asked with PKCE, state and nonce, and proves who came back', async () => {
    const { provider, url, transaction, finish } = await signInAt(
      { claims: { groups: ['a'] } },
      { clientSecret: { env: 'OIDC_SECRET' } },
    )
    const challenge = createHash('sha256').update(transaction.verifier).digest('base64url')
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      client_id: 'muster',
      redirect_uri: back,
      response_type: 'code',
      scope: 'openid profile email',
      code_challenge: challenge,
      code_challenge_method: 'S256',
      state: transaction.state,
      nonce: transaction.nonce,
    })
    expect(await finish()).toMatchObject({ sub: 's-1', groups: ['a'] })
    expect(Object.fromEntries(provider.asked.form ?? [])).toMatchObject({
      grant_type: 'authorization_code',
      code: 'c-1',
      code_verifier: transaction.verifier,
      client_secret: 'very secret',
    })
  })

  it('is asked for the groups once more where the token does not name them', async () => {
    const { finish } = await signInAt({ userInfo: { groups: ['from-user-info'] } })
    expect(await finish()).toMatchObject({ groups: ['from-user-info'] })
  })

  it('may have a clock that is a little off, and is named when it is more', async () => {
    const past = (age: number) => ({ claims: { iat: seconds() - age - 300, exp: seconds() - age } })
    const { finish } = await signInAt(past(30))
    await expect(finish()).resolves.toMatchObject({ sub: 's-1' })
    const { finish: late } = await signInAt(past(120))
    await expect(late()).rejects.toMatchObject({ problem: 'oidc-clock' })
  })

  const wrong: readonly (readonly [string, Ways, string])[] = [
    ['was signed by somebody else', { foreignKey: true }, 'oidc-answer'],
    ['is for another application', { claims: { aud: 'other' } }, 'oidc-answer'],
    ['is from another issuer', { claims: { iss: 'https://evil.example' } }, 'oidc-answer'],
    ['answers another question', { claims: { nonce: 'another' } }, 'oidc-answer'],
    ['is of nobody', { claims: { sub: undefined } }, 'oidc-answer'],
    ['is missing', { token: { status: 200, body: { access_token: 'a', token_type: 'Bearer' } } }, 'oidc-answer'],
    ['is refused to our secret', { token: { status: 401, body: { error: 'invalid_client' } } }, 'oidc-client'],
    ['was taken already', { token: { status: 400, body: { error: 'invalid_grant' } } }, 'oidc-state'],
  ]
  it.each(wrong)('signs nobody in when the ID token %s', async (_name, ways, problem) => {
    const { finish } = await signInAt({ ...ways, claims: { groups: [], ...ways.claims } })
    await expect(finish()).rejects.toMatchObject({ problem })
  })

  it('is not taken for another one that answers at its address', async () => {
    const answers = signInAt({ discovery: { issuer: 'https://evil.example' } })
    await expect(answers).rejects.toMatchObject({ problem: expect.stringMatching(/^oidc-(unreachable|answer)$/) })
  })

  it('that is away is said to be away, and asked again the next time', async () => {
    const places = { secrets: {} as never, variables: {}, baseDir: '/' }
    const client = createOidcClient(settingsFor('http://127.0.0.1:9'), places, now)
    for (let count = 0; count < 2; count += 1) {
      await expect(client.begin(back)).rejects.toMatchObject({ problem: 'oidc-unreachable' })
    }
  })

  it('is never looked for at a metadata address of a cloud', async () => {
    const places = { secrets: {} as never, variables: {}, baseDir: '/' }
    const client = createOidcClient(settingsFor('https://169.254.169.254/realm'), places, now)
    await expect(client.begin(back)).rejects.toMatchObject({ problem: 'oidc-unreachable' })
  })

  it('cannot be used while our secret is not set', async () => {
    const places = { secrets: {} as never, variables: {}, baseDir: '/' }
    const settings = settingsFor('http://127.0.0.1:9', { clientSecret: { env: 'OIDC_SECRET' } })
    await expect(createOidcClient(settings, places, now).begin(back)).rejects.toMatchObject({
      problem: 'oidc-client',
      message: expect.stringContaining('OIDC_SECRET'),
    })
  })
})
