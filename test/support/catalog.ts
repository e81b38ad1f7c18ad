/** The real connectors, for tests of floors that know them only as a port. */
export { catalog } from '../../src/connectors/registry.ts'
