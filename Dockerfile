# One image for the server, the worker, the signer, a witness and the command line.
FROM node:24-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY tsconfig.json ./
COPY src src
COPY views views
COPY bench bench
RUN npm run build

# what stands around the service in a demonstration
FROM build AS simulators
CMD ["node", "dist/simulators.js"]

FROM build AS production-modules
RUN npm prune --omit=dev --omit=optional

FROM node:24-bookworm-slim
ENV NODE_ENV=production
WORKDIR /entremise
COPY --from=build /build/package.json ./
COPY --from=production-modules /build/node_modules node_modules
COPY --from=build /build/dist dist
COPY migrations migrations
RUN mkdir -p /var/lib/entremise/mirror /var/lib/entremise/signer /var/lib/entremise/witness && chown -R node /var/lib/entremise
USER node
EXPOSE 3000
CMD ["node", "--max-semi-space-size=8", "dist/server.js"]
