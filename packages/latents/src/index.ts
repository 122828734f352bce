export {
  attributeDirection,
  type Boundary,
  closedFormDirections,
  type Direction,
  type PrincipalDirections,
  principalDirections,
} from './directions.ts'
export { type Between, type Latent, linear, spherical, type WayOptions, wayThrough } from './ways.ts'
