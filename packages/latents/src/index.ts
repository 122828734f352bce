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
  type LatentSpace,
  linear,
  mixture,
  type Place,
  placesOnWay,
  spaceOf,
  spherical,
  type WayOptions,
  type WeightedLatent,
  wayThrough,
} from './ways.ts'
