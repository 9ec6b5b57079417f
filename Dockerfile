# One image for every role: docker run ... sallyport serve --roles broker,scim,admin,reconciler
# Pinned: a tag may come to mean another image, a digest never does. To move on, take the digest that
# `docker buildx imagetools inspect node:24-bookworm-slim` prints.
ARG NODE_IMAGE=node:24.19.0-bookworm-slim@sha256:a9f5f7c91a432850b2a8a7797adf5eadb6c733ceed61167806cee7ea7fbc29df
FROM ${NODE_IMAGE} AS build
WORKDIR /app
ENV TURBO_TELEMETRY_DISABLED=1
COPY . .
# Install scripts are off (.npmrc): this runs nothing that a dependency brings.
RUN npm ci
RUN npm run build -- --filter=@sallyport/gateway...
# Again, without what only development needs; PostgreSQL's binaries, which are optional, are left out, too.
RUN npm ci --omit=dev --omit=optional --workspace=apps/gateway --include-workspace-root=false && rm -rf .turbo

FROM ${NODE_IMAGE}
WORKDIR /app
# The last two: what large bodies took goes back to the system at once, and is not kept for one like it.
ENV NODE_ENV=production MALLOC_ARENA_MAX=2 MALLOC_MMAP_THRESHOLD_=262144
COPY --from=build /app /app
USER node
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s CMD ["node", "-e", "fetch('http://127.0.0.1:'+(process.env.PORT||8080)+'/healthz').then(r=>process.exit(r.ok?0:1),()=>process.exit(1))"]
# Node would let garbage grow with the machine's memory: these bounds cost no measurable time.
ENTRYPOINT ["node", "--max-old-space-size=160", "--max-semi-space-size=8", "apps/gateway/dist/main.js"]
CMD ["serve"]
