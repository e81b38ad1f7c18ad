import { afterAll, beforeAll, describe } from 'vitest'
import { type Keycloak, keycloakPresent, startKeycloak } from '../support/keycloak.ts'
import { readsARealm } from './keycloak/realm.ts'
import { signsOn } from './keycloak/single-sign-on.ts'

const present = await keycloakPresent()

// One real Keycloak for all that is tried on it: it takes long to start.
describe.skipIf(!present.present)(`a real Keycloak${present.skipReason}`, () => {
  let started: Keycloak | undefined

  beforeAll(async () => {
    started = await startKeycloak()
  }, 300_000)

  afterAll(async () => {
    await started?.stop()
  }, 300_000)

  const keycloak = () => {
    if (started === undefined) throw new Error('Keycloak runs only while tests run.')
    return started
  }

  signsOn(keycloak)
  readsARealm(keycloak)
})
