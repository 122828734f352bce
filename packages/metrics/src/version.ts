/** Version of @gantry/metrics, as scores carry it. A constant, for browsers read no package.json; a test holds them equal. */
export const metricsVersion = '0.0.0'
