# Gantry's command, made to serve. Build from a checkout, and give it a model and a key:
#   docker build -t gantry .
#   docker run --rm -p 8080:8080 -e GANTRY_API_KEY=… -v ./runs/digits:/models/digits:ro gantry
FROM node:22-bookworm-slim AS build
WORKDIR /source
RUN npm install --global pnpm@10.34.9
COPY . .
# No install script runs: pnpm-workspace.yaml allows none. ONNX Runtime and sharp have their binaries in their packages.
RUN pnpm install --frozen-lockfile \
  && pnpm build \
  && pnpm --filter @gantry/cli --config.inject-workspace-packages=true deploy --prod /application

FROM node:22-bookworm-slim
ENV NODE_ENV=production
WORKDIR /application
COPY --from=build /application .
USER node
EXPOSE 8080
# Alive, not ready: a container that waits for a worker is not to be killed. For readiness ask /readyz.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
  CMD ["node", "--eval", "fetch('http://127.0.0.1:8080/healthz').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# SIGTERM: /readyz says no, what is under way is answered, and it ends within 10 seconds.
STOPSIGNAL SIGTERM
ENTRYPOINT ["node", "bin/gantry.js", "serve", "--host", "0.0.0.0"]
CMD ["digits=/models/digits/generator.onnx"]
