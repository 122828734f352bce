export {
  attributeDirection,
  type Boundary,
  closedFormDirections,
  type Direction,
  deviationAlong,
  type PrincipalDirections,
  principalDirections,
} from './directions.ts'
export {
  type Between,
  type Latent,
  linear,
  type Place,
  placesOnWay,
  spherical,
  type WayOptions,
  wayThrough,
} from './ways.ts'
