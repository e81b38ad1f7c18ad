import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import * as client from 'openid-client'
import { fail, ProvisioningError } from '../../domain/errors.ts'
import { guardedFetch } from '../../platform/guarded-fetch.ts'
import { ExchangeFailure } from '../../platform/http-exchange.ts'
import { redactText } from '../../platform/redact.ts'
import { Secret } from '../../platform/secret.ts'
import type { OidcSettings } from '../auth-settings.ts'
import { type SecretPlaces, secretOwner, secretValue } from '../secret-values.ts'
import type { OidcProblem } from './oidc-problems.ts'

const timeoutMs = 10_000
const maxBytes = 1_048_576
/** What the provider says about itself is read again after this. */
const knownForMs = 10 * 60_000

/** What a sign-in under way has to prove when it comes back. */
export interface Transaction {
  readonly state: string
  readonly nonce: string
  readonly verifier: string
}

/** A sign-in that came to nothing, and what an administrator should know about it; never a secret. */
export class OidcFailure extends Error {
  readonly problem: OidcProblem
  constructor(problem: OidcProblem, detail: string, cause?: unknown) {
    super(detail, cause === undefined ? undefined : { cause })
    this.problem = problem
  }
}

/** An identity provider that speaks OpenID Connect; discovered when it is first needed. */
export interface OidcClient {
  /** Where the browser goes. Throws `OidcFailure`. */
  begin(redirectUri: string): Promise<{ readonly url: URL; readonly transaction: Transaction }>
  /** Who came back: the claims of the ID token, and those of the user info endpoint where groups are not in it. Throws `OidcFailure`. */
  finish(address: URL, transaction: Transaction): Promise<Readonly<Record<string, unknown>> & { readonly sub: string }>
}

/** `given` is a client secret that came with settings that are not saved. */
export function createOidcClient(
  settings: OidcSettings,
  places: SecretPlaces,
  now: () => number,
  given?: string,
): OidcClient {
  let known: { readonly until: number; readonly configuration: Promise<client.Configuration> } | undefined

  const configuration = async (): Promise<client.Configuration> => {
    if (known === undefined || known.until <= now()) {
      known = { until: now() + knownForMs, configuration: discover(settings, places, given) }
    }
    try {
      return await known.configuration
    } catch (thrown) {
      known = undefined
      throw failureOf(thrown)
    }
  }

  return {
    async begin(redirectUri) {
      const provider = await configuration()
      const transaction = {
        state: client.randomState(),
        nonce: client.randomNonce(),
        verifier: client.randomPKCECodeVerifier(),
      }
      const url = client.buildAuthorizationUrl(provider, {
        redirect_uri: redirectUri,
        scope: settings.scopes.join(' '),
        state: transaction.state,
        nonce: transaction.nonce,
        code_challenge: await client.calculatePKCECodeChallenge(transaction.verifier),
        code_challenge_method: 'S256',
      })
      return { url, transaction }
    },

    async finish(address, { state, nonce, verifier }) {
      const provider = await configuration()
      try {
        const tokens = await client.authorizationCodeGrant(provider, address, {
          expectedState: state,
          expectedNonce: nonce,
          pkceCodeVerifier: verifier,
          idTokenExpected: true,
        })
        const claims = tokens.claims()
        if (claims === undefined) throw new OidcFailure('oidc-answer', 'The answer holds no ID token.')
        const [first = ''] = settings.groupsClaim.split('.')
        const isWhole = claims[settings.groupsClaim] !== undefined || claims[first] !== undefined
        if (isWhole || provider.serverMetadata().userinfo_endpoint === undefined) return claims
        return { ...(await client.fetchUserInfo(provider, tokens.access_token, claims.sub)), ...claims }
      } catch (thrown) {
        throw failureOf(thrown)
      }
    },
  }
}

async function discover(
  settings: OidcSettings,
  places: SecretPlaces,
  given: string | undefined,
): Promise<client.Configuration> {
  const { issuer, clientId, clientSecret, caCertificate, clockSkewSeconds } = settings
  const secret =
    given !== undefined
      ? new Secret(given)
      : clientSecret === undefined
        ? undefined
        : await secretValue(clientSecret, secretOwner('sign-in', 'oidc'), ['auth', 'oidc', 'clientSecret'], places)
  if (secret !== undefined && !(secret instanceof Secret)) {
    throw fail.configInvalid(`auth.oidc.clientSecret ${secret.message}.`, {
      ...(secret.hint === undefined ? {} : { hint: secret.hint }),
    })
  }
  const ca =
    caCertificate === undefined ? undefined : [await readCertificate(resolve(places.baseDir, caCertificate.file))]
  const send = guardedFetch({ operation: 'oidc', ca, timeoutMs, maxBytes })
  return await client.discovery(
    new URL(issuer),
    clientId,
    { [client.clockTolerance]: clockSkewSeconds },
    secret === undefined ? client.None() : client.ClientSecretPost(secret.reveal()),
    {
      timeout: timeoutMs / 1000,
      [client.customFetch]: (url, { method, headers, body, signal }) =>
        send(url, {
          method,
          headers,
          ...(body === undefined || body === null ? {} : { body: String(body) }),
          ...(signal === undefined ? {} : { signal }),
        }),
      execute: [
        // The signature is checked although TLS vouches for the answer: a proxy in between must not be able to make people.
        client.enableNonRepudiationChecks,
        ...(new URL(issuer).protocol === 'http:' ? [client.allowInsecureRequests] : []),
      ],
    },
  )
}

async function readCertificate(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (thrown) {
    throw fail.configInvalid(`The file ${path} of auth.oidc.caCertificate cannot be read.`, {
      cause: thrown,
      hint: 'Correct the path, or make the file readable for Muster.',
    })
  }
}

/** Codes of openid-client (and oauth4webapi below it) that say more than that an answer was wrong. */
const clockCodes: readonly string[] = ['OAUTH_JWT_TIMESTAMP_CHECK_FAILED']

function failureOf(thrown: unknown): OidcFailure {
  if (thrown instanceof OidcFailure) return thrown
  if (thrown instanceof ProvisioningError) return new OidcFailure('oidc-client', thrown.message, thrown)
  const causes = causesOf(thrown)
  const detail = redactText(causes.map((each) => each.message).join(': ')).slice(0, 500)
  const codes = causes.flatMap((each) => ((each as { code?: unknown }).code ?? []) as string[])
  const oauth = causes.map((each) => (each as { error?: unknown }).error).find((each) => typeof each === 'string')
  const named = (problem: OidcProblem) =>
    new OidcFailure(problem, oauth === undefined ? detail : `${oauth}: ${detail}`, thrown)
  if (causes.some((each) => each instanceof client.AuthorizationResponseError)) return named('oidc-refused')
  if (oauth === 'invalid_client' || oauth === 'unauthorized_client') return named('oidc-client')
  if (oauth === 'invalid_grant') return named('oidc-state')
  if (codes.some((code) => clockCodes.includes(code))) return named('oidc-clock')
  if (causes.some((each) => each instanceof ExchangeFailure)) return named('oidc-unreachable')
  const isAboutProvider = /discovery|well-known|openid-configuration|unexpected HTTP response|not a conform/i.test(
    detail,
  )
  return named(isAboutProvider ? 'oidc-unreachable' : 'oidc-answer')
}

function causesOf(thrown: unknown): readonly Error[] {
  const causes: Error[] = []
  for (let each = thrown; each instanceof Error && causes.length < 5; each = each.cause) causes.push(each)
  return causes
}
